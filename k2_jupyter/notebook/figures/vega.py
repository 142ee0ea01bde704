"""A Vega-Lite chart as a record, from its output JSON or from altair's HTML.

Views are followed down to single ones (layers, facets, concatenations, repeats); what Vega
computes when it draws (bins, aggregates, time units, stacks, quartiles) is computed here by
its rules. What cannot be followed is told in ``cut`` and never guessed.

Over 250 lines: views, facets and layers hold each other, so they are followed in one place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from k2_jupyter.messages import Json
from k2_jupyter.notebook.figures.bounds import MAX_AXES, bounded
from k2_jupyter.notebook.figures.reading import UNREADABLE, items, number, obj, text
from k2_jupyter.notebook.figures.vega_aggregates import NotComputed, Row
from k2_jupyter.notebook.figures.vega_data import rows_of, transformed
from k2_jupyter.notebook.figures.vega_fields import Channel, channel
from k2_jupyter.notebook.figures.vega_marks import series_of
from k2_jupyter.notebook.figures.vega_scales import axis_of, legend_of
from k2_jupyter.notebook.figures.vega_unit import Unit, ordered

_MAX_HTML, _MAX_TRIES, _MAX_DEPTH, _MAX_VIEWS = 20_000_000, 20, 8, 60
_FACETS: Final = ("row", "column", "facet")
_CONCATS: Final = ("hconcat", "vconcat", "concat")
_APPLIED: Final = ("data", "transform", "encoding")
"""What a view with facets has done before it is split."""


def vega_record(content: Json) -> dict[str, Any] | None:
    """The figure record (version 1) of a Vega-Lite chart: its JSON, or HTML as altair writes
    it. None where it is none. Never raises."""
    chart = spec_in_html(content) if isinstance(content, str) else obj(content)
    if not chart or not any(key in chart for key in ("mark", "layer", "spec", *_CONCATS)):
        return None
    try:
        return bounded(_record(chart))
    except UNREADABLE:
        return None


def spec_in_html(html: str) -> Mapping[str, Any]:
    """The chart that stands as an argument or a value in a script; nothing is executed."""
    if "vega-lite" not in html or len(html) > _MAX_HTML:
        return {}
    decoder = json.JSONDecoder()
    for found in list(re.finditer(r'[(=,]\s*(\{\s*")', html))[:_MAX_TRIES]:
        try:
            content, _ = decoder.raw_decode(html, found.start(1))
        except (ValueError, RecursionError):
            continue
        if "vega-lite" in text(obj(content).get("$schema")):
            return obj(content)
    return {}


# Views


@dataclass(frozen=True, slots=True)
class _View:
    """A view with all that it inherits."""

    spec: Mapping[str, Any]
    rows: Sequence[Row] | None
    """None where they are not known; `cut` says why."""
    cut: str
    encoding: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0
    title: str = ""
    whole: Sequence[Row] | None = None
    """The rows of all facets, which share their bins; None outside of facets."""


def _record(chart: Mapping[str, Any]) -> dict[str, Any]:
    datasets = obj(chart.get("datasets"))
    axes: list[dict[str, Any]] = []
    for one in _axes(_View(chart, None, "no data in the chart: not computed"), datasets, chart):
        axes.append(one)
        if len(axes) > _MAX_VIEWS:
            break
    top = _title(chart)
    if len(axes) == 1 and not top:
        top, axes[0]["title"] = axes[0]["title"], ""
    return {
        "version": 1,
        "library": "vega-lite",
        "title": top,
        "size": _size(chart),
        "axes": axes,
        "faults": [],
        "cut": "more views are not described" if len(axes) > _MAX_VIEWS else "",
    }


def _title(spec: Mapping[str, Any]) -> str:
    title = spec.get("title")
    given = obj(title).get("text") if isinstance(title, Mapping) else title
    return " ".join(map(text, items(given))) or text(given)


def _size(chart: Mapping[str, Any]) -> list[int] | None:
    sides = number(chart.get("width")), number(chart.get("height"))
    return [int(side) for side in sides if side is not None] if None not in sides else None


def _axes(
    view: _View, datasets: Mapping[str, Any], config: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """All axes of a view, in the order that they are read."""
    if view.depth > _MAX_DEPTH:
        return
    view = _with_data(view, datasets)
    spec = view.spec
    parts = next((items(spec[key]) for key in _CONCATS if key in spec), None)
    if parts is not None:
        for part in map(obj, parts[: MAX_AXES + 1]):
            yield from _axes(_inside(view, part, _title(part)), datasets, config)
    elif "repeat" in spec:
        for part in _repeated(spec):
            yield from _axes(_inside(view, part, _title(part)), datasets, config)
    elif "facet" in spec:
        inner = _inside(view, obj(spec.get("spec")), "")
        yield from _faceted(inner, obj(spec["facet"]), datasets, config)
    else:
        encoding = {**view.encoding, **obj(spec.get("encoding"))}
        facets: dict[str, Any] = {name: encoding[name] for name in _FACETS if name in encoding}
        rest = {name: one for name, one in encoding.items() if name not in facets}
        inner = replace(view, encoding=rest)
        if facets:
            own = {key: one for key, one in spec.items() if key not in _APPLIED}
            inner = replace(inner, spec=own)
            yield from _faceted(inner, facets, datasets, config)
        else:
            yield from _drawn(inner, datasets, config)


def _inside(view: _View, spec: Mapping[str, Any], title: str) -> _View:
    return _View(spec, view.rows, view.cut, view.encoding, view.depth + 1, title, view.whole)


def _with_data(view: _View, datasets: Mapping[str, Any]) -> _View:
    """The view with its own data and transforms applied."""
    spec, rows, cut = view.spec, view.rows, view.cut
    try:
        if spec.get("data") is not None:
            rows, cut = rows_of(spec["data"], datasets), ""
        if rows is not None and "transform" in spec:
            rows = transformed(rows, spec["transform"])
    except NotComputed as problem:
        return replace(view, rows=None, cut=str(problem))
    except UNREADABLE:
        return replace(view, rows=None, cut="its data cannot be read")
    changed = "transform" in spec or spec.get("data") is not None
    return replace(view, rows=rows, cut=cut, whole=None if changed else view.whole)


def _repeated(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    wanted, inner = spec["repeat"], obj(spec.get("spec"))
    if isinstance(wanted, list | tuple):
        choices: list[dict[str, Any]] = [{"repeat": one} for one in wanted]
    else:
        wanted = obj(wanted)
        choices = [{}]
        for name in ("row", "column", "layer"):
            given = items(wanted.get(name))
            if given:
                choices = [{**choice, name: one} for choice in choices for one in given]
                choices = choices[: MAX_AXES + 1]
    for choice in choices[: MAX_AXES + 1]:
        yield obj(_substituted(inner, choice, 0))


def _substituted(content: Any, choice: Mapping[str, Any], depth: int) -> Any:
    if depth > 12:
        return content
    if isinstance(content, Mapping):
        if set(content) == {"repeat"} and isinstance(content["repeat"], str):
            return choice.get(content["repeat"], content)
        return {
            key: one if key in ("data", "datasets") else _substituted(one, choice, depth + 1)
            for key, one in content.items()
        }
    if isinstance(content, list | tuple):
        return [_substituted(one, choice, depth + 1) for one in content[:1_000]]
    return content


# Facets


def _faceted(
    view: _View,
    facets: Mapping[str, Any],
    datasets: Mapping[str, Any],
    config: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    """One axes for each value of the facets' fields, in their order."""
    if "field" in facets or "aggregate" in facets:
        facets = {"facet": facets}
    rows = view.rows or ()
    channels = [one for name, wanted in facets.items() if (one := channel(name, wanted, rows))]
    if view.rows is None or not channels:
        yield from _axes(view, datasets, config)
        return
    for members, heading in _groups(rows, channels):
        part = replace(view, rows=members, whole=view.whole or rows, depth=view.depth + 1)
        for told in _axes(part, datasets, config):
            inner = told["facet"]
            yield {**told, "facet": text("; ".join(filter(None, (heading, inner))))}


def _groups(rows: Sequence[Row], channels: Sequence[Channel]) -> list[tuple[list[Row], str]]:
    found: list[tuple[list[Row], str]] = [(list(rows), "")]
    for one in channels:
        order = ordered(one, rows)
        split = []
        for members, heading in found:
            by_key: dict[Any, list[Row]] = {}
            for row in members:
                by_key.setdefault(one.key(row), []).append(row)
            for key in order:
                if key in by_key:
                    label = one.label(by_key[key][0]) or text(key)
                    split.append((by_key[key], f"{heading}; {one.title} = {label}".strip("; ")))
        found = split[: _MAX_VIEWS + 1]
    return found


# One axes


def _drawn(
    view: _View, datasets: Mapping[str, Any], config: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    layers = list(_layers(view, datasets)) if "layer" in view.spec else [view]
    units = [_unit(one, config) for one in layers]
    apart = obj(obj(view.spec.get("resolve")).get("scale"))
    twins = "independent" in (apart.get("x"), apart.get("y"))
    groups = [[unit] for unit in units] if twins else [units]
    for group in groups:
        yield _told(group, view.title or ("" if view.depth == 0 else _title(view.spec)))


def _layers(view: _View, datasets: Mapping[str, Any]) -> Iterator[_View]:
    """Single views of a layer, with the encoding that they share."""
    for part in map(obj, items(view.spec.get("layer"))[:50]):
        encoding = {**view.encoding, **obj(part.get("encoding"))}
        inner = replace(view, spec=part, encoding=encoding, depth=view.depth + 1)
        inner = _with_data(inner, datasets)
        if "layer" in part and inner.depth <= _MAX_DEPTH:
            yield from _layers(inner, datasets)
        else:
            yield inner


def _unit(view: _View, config: Mapping[str, Any]) -> Unit:
    rows = view.rows or ()
    whole = view.whole or rows
    channels = {
        name: one
        for name in view.encoding
        if (one := channel(name, _typed(view.encoding, name), whole))
    }
    mark = view.spec.get("mark")
    kind = text(mark) or text(obj(mark).get("type"))
    return Unit(kind, obj(mark), view.encoding, channels, list(rows), list(whole), view.cut, config)


def _typed(encoding: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A channel's definition; second ends (x2, yError …) have the type of the first."""
    wanted = obj(encoding.get(name))
    if name in ("x2", "y2") or name[1:].startswith("Error"):
        return {"type": obj(encoding.get(name[0])).get("type"), **wanted}
    return wanted


def _told(units: Sequence[Unit], title: str) -> dict[str, Any]:
    found, cuts = [], []
    for unit in units:
        try:
            found += series_of(unit)
        except NotComputed as problem:
            found += [unit.unread(str(problem))]
        except UNREADABLE:
            found += [unit.unread("it cannot be read")]
        cuts += [one["cut"] for one in found if one.get("cut")]
    flat = any(unit.kind in ("arc", "geoshape") for unit in units)
    return {
        "title": title,
        "facet": "",
        "projection": ("pie" if units[0].kind == "arc" else "geo") if flat else "",
        "x": None if flat else axis_of(units, "x"),
        "y": None if flat else axis_of(units, "y"),
        "legend": legend_of(units),
        "texts": list(dict.fromkeys(cuts))[:12],
        "series": found,
    }
