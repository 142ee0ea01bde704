"""Areas, bands, spans, cells, images, contours and pies.

Runs in the user's kernel: standard library only, Python 3.8 and later.
"""
# ruff: noqa: B905, RUF007 - zip(strict=) and pairwise came with Python 3.10

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from . import arithmetic, many_points, series
from .artists_steps import histogram, stepped
from .bands import Band, band_of
from .drawing import Drawing, color_of
from .facts import MAX_TEXT
from .positions import kinds

_PICTURE = 10_000
"""Cells from which on a matrix is read as a picture: a reader sees no single cell of it."""


def read_areas(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """What is filled between curves: histograms in steps, areas on a base or on each other,
    bands; and what `axhspan` and `axvspan` fill."""
    tops: list[Any] = []
    for area in drawing.artists("PolyCollection", "FillBetweenPolyCollection"):
        band = band_of(area)
        if band is None:
            continue
        drawing.take(area)
        name, color = drawing.name(area), color_of(area)
        yield _area(drawing, area, band, tops, name=name, color=color)
        tops.append((band.along, band.high))
    yield from _spans(drawing)


def _area(
    drawing: Drawing, area: Any, band: Band, tops: list[Any], *, name: str, color: str
) -> dict[str, Any]:
    numpy = sys.modules["numpy"]
    positions = drawing.along(band.axis)
    stacked = any(
        len(along) == len(band.along) and numpy.allclose(top, band.low) for along, top in tops
    )
    if stacked or not band.low.any():
        steps = _steps_of(band) if len(area.get_paths()) == 1 else None
        if steps is not None:
            return histogram(positions, *steps, name, color)
        found = many_points.line(band.along, band.width, positions, name=name, color=color)
        heads = ["x", "y"] if band.axis == "x" else ["y", "x"]
        return {**found, "kind": "area", "columns": heads}
    shown = positions.texts(band.along) or band.along
    return series.fill(shown, band.low, band.high, name=name, color=color)


def _steps_of(band: Band) -> tuple[list[float], list[float]] | None:
    """Edges and heights of an area whose top goes in steps (seaborn's ``element="step"``)."""
    numpy = sys.modules["numpy"]
    top = numpy.column_stack([band.along, band.width])
    if len(top) < 5 or not (numpy.diff(band.along) == 0).any():
        return None
    if len(top) % 2:  # ``step="post"``, as seaborn draws it, repeats the last edge
        top = top[:-1]
    return stepped(numpy.array([[top[0, 0], 0.0], *top.tolist(), [top[-1, 0], 0.0]]))


def _spans(drawing: Drawing) -> Iterator[dict[str, Any]]:
    for patch in drawing.artists("Rectangle", "Polygon"):
        x_data, y_data = drawing.in_data(patch)
        if x_data == y_data:
            continue
        drawing.take(patch)
        box = patch.get_path().get_extents(patch.get_patch_transform())
        axis, ends = ("x", (box.x0, box.x1)) if x_data else ("y", (box.y0, box.y1))
        places = [float(end) for end in ends]
        low, high = drawing.along(axis).texts(places) or map(arithmetic.rounded, places)
        found = series.other("span", 1, name=drawing.name(patch), color=color_of(patch))
        facts = [[f"{axis} from", low, ""], [f"{axis} to", high, ""]]
        yield {**found, "kind": "fill", "facts": facts}


def read_pies(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Wedges around one centre and of one radius are a pie or a ring of one."""
    rings: dict[Any, list[Any]] = {}
    for wedge in drawing.artists("Wedge"):
        rings.setdefault((round(wedge.r, 6), wedge.width), []).append(wedge)
    for wedges in rings.values():
        drawing.take(*wedges)
        colors = [color_of(wedge) for wedge in wedges]
        labels = [
            drawing.name(wedge, color) or _text_of(drawing, wedge) or f"slice {place}"
            for place, (wedge, color) in enumerate(zip(wedges, colors), 1)
        ]
        found = series.pie(labels, [(wedge.theta2 - wedge.theta1) / 3.6 for wedge in wedges])
        facts = [fact for fact in found["facts"] if fact[0] != "total"]
        # A wedge tells its share of the circle, not the number that it was made from.
        rows = [[row[0], row[2]] for row in found["rows"]]
        yield {**found, "facts": facts, "columns": ["label", "share %"], "rows": rows}


def _text_of(drawing: Drawing, wedge: Any) -> str:
    """The label beside a wedge that has none of its own (``labels`` of a pie with a legend)."""
    numpy = sys.modules["numpy"]
    middle = numpy.deg2rad((wedge.theta1 + wedge.theta2) / 2)
    spot = numpy.array(wedge.center) + 1.1 * wedge.r * numpy.array(
        [numpy.cos(middle), numpy.sin(middle)]
    )
    for text in drawing.axes.texts:
        if numpy.hypot(*(numpy.array(text.get_position()) - spot)) < 0.05 * wedge.r:
            return str(text.get_text())
    return ""


def read_contours(drawing: Drawing) -> Iterator[dict[str, Any]]:
    for contours in drawing.artists("ContourSet"):
        drawing.take(contours)
        found = series.contour(contours.levels)
        yield {**found, "name": drawing.name(contours)}


def read_cells(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """Matrices drawn as cells, and pictures."""
    for mesh in drawing.artists("QuadMesh", "PolyQuadMesh"):
        drawing.take(mesh)
        yield _mesh(drawing, mesh)
    for image in drawing.artists("_ImageBase"):
        drawing.take(image)
        if image.get_array() is not None:
            yield _image(drawing, image)


def _mesh(drawing: Drawing, mesh: Any) -> dict[str, Any]:
    numpy = sys.modules["numpy"]
    corners = numpy.asarray(
        mesh.get_coordinates() if hasattr(mesh, "get_coordinates") else mesh._coordinates,
        dtype=float,
    )
    height, width = corners.shape[0] - 1, corners.shape[1] - 1
    values = numpy.ma.asarray(mesh.get_array())
    if values.size not in (height * width, (height + 1) * (width + 1)):  # colours, not values
        return series.image(width, height)
    if values.size != height * width:  # gouraud: values at the corners
        height, width = height + 1, width + 1
    values = values.reshape(height, width)
    if values.size >= _PICTURE:
        return _picture(values)
    columns = _cell_labels(drawing, "x", corners[0, :, 0])
    rows = _cell_labels(drawing, "y", corners[:, 0, 1])
    return _heat_map(drawing, columns[:width], rows[:height], values)


def _heat_map(drawing: Drawing, columns: Any, rows: Any, values: Any) -> dict[str, Any]:
    numpy = sys.modules["numpy"]
    given = numpy.ma.filled(numpy.ma.asarray(values, dtype=float), numpy.nan)
    annotated = len(drawing.axes.texts) >= int(numpy.isfinite(given).sum()) > 0
    return series.heat_map(columns, rows, given, annotated=annotated)


def _cell_labels(drawing: Drawing, axis: str, edges: Any) -> list[Any]:
    """Labels of the cells between edges: ticks at their centres, else their ends; cells of
    size one without a tick (of an index) are counted from 0."""
    numpy = sys.modules["numpy"]
    positions = drawing.along(axis)
    edges = [float(edge) for edge in edges]
    centres = [(low + high) / 2 for low, high in zip(edges, edges[1:])]
    if positions.categories:
        return [positions.at(centre) for centre in centres]
    if numpy.allclose(edges, numpy.arange(len(edges))):
        return list(range(len(centres)))
    if numpy.allclose(centres, numpy.arange(len(centres))):
        return list(range(len(centres)))
    ends = positions.texts(edges) or [f"{edge:.6g}" for edge in edges]
    return [f"{low} to {high}" for low, high in zip(ends, ends[1:])]


def _image(drawing: Drawing, image: Any) -> dict[str, Any]:
    numpy = sys.modules["numpy"]
    values = numpy.ma.asarray(image.get_array())
    if values.ndim != 2:
        return series.image(values.shape[1], values.shape[0])
    if values.size >= _PICTURE or not kinds(image).isdisjoint({"NonUniformImage", "PcolorImage"}):
        return _picture(values)
    left, right, bottom, top = image.get_extent()
    height, width = values.shape
    first, last = (top, bottom) if image.origin == "upper" else (bottom, top)
    columns = _cell_labels(drawing, "x", numpy.linspace(left, right, width + 1))
    rows = _cell_labels(drawing, "y", numpy.linspace(first, last, height + 1))
    return _heat_map(drawing, columns, rows, values)


def _picture(values: Any) -> dict[str, Any]:
    height, width = values.shape[:2]
    return series.image(width, height, float(values.min()), float(values.max()))


def read_tables(drawing: Drawing) -> Iterator[dict[str, Any]]:
    """The texts of a table, as they stand in its rows."""
    for table in drawing.artists("Table"):
        drawing.take(table)
        cells = table.get_celld()
        rows, columns = (sorted({place[side] for place in cells}) for side in (0, 1))
        texts = [
            [cells[row, column].get_text().get_text()[:MAX_TEXT] for column in columns]
            for row in rows[: series.MAX_ROWS]
            if all((row, column) in cells for column in columns)
        ]
        found = series.other("table", len(cells))
        heads = [str(column) for column in columns]
        yield {**found, "columns": heads, "rows": texts, "left_out": len(rows) - len(texts)}
