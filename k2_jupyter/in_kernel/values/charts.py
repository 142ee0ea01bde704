"""Charts as variables: matplotlib, plotly, altair. Runs inside the user's kernel.

A line each; what a chart shows is told where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import kinds, looking, words


class Figure(kinds.Kind):
    """A matplotlib figure."""

    def outline(self, value: Any) -> str:
        width, height = value.get_size_inches()
        size = f"{words.number(width)} × {words.number(height)} in"
        return f"matplotlib Figure, {size}, {len(value.axes)} axes"

    def line(self, value: Any) -> str:
        titles = [_text(axes.get_title()) for axes in value.axes[:8]]
        main = looking.own_dict(value).get("_suptitle")
        titles = ([_text(main.get_text())] if main is not None else []) + titles
        shown = ", ".join(repr(title) for title in titles if title)
        return words.short(f"{self.outline(value)}: {shown}" if shown else self.outline(value), 300)

    def details(self, value: Any) -> Iterator[str]:
        for axes in value.axes[:12]:
            yield f"  {kinds.kind_of(axes).line(axes)}"


class Axes(kinds.Kind):
    """One coordinate system of matplotlib."""

    def line(self, value: Any) -> str:
        named = [
            ("title", value.get_title()),
            ("x", value.get_xlabel()),
            ("y", value.get_ylabel()),
        ]
        texts = ", ".join(f"{what} {_text(text)!r}" for what, text in named if text)
        drawn = [
            words.counted(len(artists), what)
            for what, artists in (
                ("line", value.lines),
                ("patch", value.patches),
                ("collection", value.collections),
                ("image", value.images),
            )
            if len(artists)
        ]
        return words.short(
            f"matplotlib Axes, {texts or 'no texts'}; {', '.join(drawn) or 'empty'}", 300
        )

    def outline(self, value: Any) -> str:
        return "matplotlib Axes"


class Traces(kinds.Kind):
    """A plotly figure: the plain dicts that it keeps."""

    through_base = True

    def outline(self, value: Any) -> str:
        kinds_seen = [_text(trace.get("type", "trace")) for trace in self._traces(value)]
        count = words.counted(len(kinds_seen), "trace")
        return f"plotly Figure, {count} ({words.listed(sorted(set(kinds_seen)))})"

    def line(self, value: Any) -> str:
        layout = looking.own_dict(value).get("_layout")
        title = layout.get("title") if type(layout) is dict else None
        text = title.get("text") if type(title) is dict else title
        return f"{self.outline(value)}: {_text(text)!r}" if text else self.outline(value)

    def details(self, value: Any) -> Iterator[str]:
        for trace in self._traces(value)[:15]:
            yield f"  {_text(trace.get('type', 'trace'))} {kinds.brief(trace.get('name'), 1)}"

    def _traces(self, value: Any) -> list[Any]:
        traces = looking.own_dict(value).get("_data")
        return [one for one in traces if type(one) is dict] if type(traces) is list else []


class Chart(kinds.Kind):
    """An altair chart: the part of its specification that was set."""

    through_base = True

    def outline(self, value: Any) -> str:
        held = looking.own_dict(value).get("_kwds")
        held = held if type(held) is dict else {}
        mark = held.get("mark")
        if mark is not None and type(mark) is not str:
            inner = looking.own_dict(mark).get("_kwds")
            mark = inner.get("type") if type(inner) is dict else None
        parts = [f"altair {looking.class_name(type(value))}"]
        parts += [f"mark {_text(mark)}"] if type(mark) is str else []
        for name in ("layer", "hconcat", "vconcat", "concat"):
            if type(held.get(name)) is list:
                parts.append(f"{len(held[name])} charts")
        parts += [f"title {_text(held['title'])!r}"] if type(held.get("title")) is str else []
        return ", ".join(parts)


def _text(text: Any) -> str:
    return words.short(text) if type(text) is str else ""


def register() -> None:
    kinds.add(Figure(), "matplotlib.Figure")
    kinds.add(Axes(), "matplotlib.Axes", "matplotlib._AxesBase")
    kinds.add(Traces(), "plotly.BaseFigure")
    kinds.add(Chart(), "altair.TopLevelMixin")
