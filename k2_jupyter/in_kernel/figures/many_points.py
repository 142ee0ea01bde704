"""Lines and scatters of many points, with the same facts as `series` gives, by numpy.

Runs in the user's kernel: standard library only, Python 3.8 and later; numpy is the user's.
Plain Python takes 1.7 s for a line of a million points, numpy 0.03 s.
"""

from __future__ import annotations

import sys
from typing import Any

from . import arithmetic, series
from .facts import MAX_TEXT
from .positions import Positions

MANY = 1_000
"""From here on the facts are computed by numpy."""
_PIECE = 8_192
"""Numbers at once: they stay in the processor's cache, and OpenBLAS starts threads only from
10,000 on, which on a busy machine wait for each other (0.3 s were seen)."""
_FAR = 3.5
_SHOWN = 5


def line(xs: Any, ys: Any, positions: Positions, *, name: str, color: str) -> dict[str, Any]:
    """`series.line` of two float arrays; dates and categories are labelled by `positions`."""
    per = positions.per
    if len(xs) <= MANY:
        labels = positions.texts(xs)
        found = series.line(xs, ys, name=name, color=color, labels=labels, per=per)
        return without_slope(found) if positions.categories else found
    numpy = sys.modules["numpy"]
    known = numpy.isfinite(ys)
    count = int(known.sum())
    if not count:
        return series.line(xs[:1], ys[:1], name=name, color=color, per=per)
    wanted = [known.argmax(), len(ys) - 1 - known[::-1].argmax()]
    values = ys if count == len(ys) else numpy.where(known, ys, numpy.nan)
    wanted += [numpy.nanargmin(values), numpy.nanargmax(values)]
    kept = arithmetic.kept(len(ys), series.MAX_ROWS, map(int, wanted))
    labels = positions.texts(xs[kept])
    found = series.line(xs[kept], ys[kept], name=name, color=color, labels=labels, per=per)
    facts = {what: [what, value, at] for what, value, at in found["facts"]}
    slope, _ = _fit(xs, ys) if count == len(ys) else _fit(xs[known], ys[known])
    facts["trend"] = ["trend", arithmetic.rounded(slope), f"per {per}"]
    facts["gaps"] = ["gaps", len(ys) - count, ""]
    if slope is None:
        del facts["trend"]
    if count == len(ys):
        del facts["gaps"]
    left_out = len(ys) - len(kept)
    return {**found, "count": count, "facts": list(facts.values()), "left_out": left_out}


def scatter(
    xs: Any, ys: Any, positions: Positions, *, name: str, color: str, sizes: Any = None
) -> dict[str, Any]:
    """`series.scatter` of two float arrays without gaps."""
    per = positions.per
    if len(xs) <= MANY:
        labels = positions.texts(xs)
        found = series.scatter(xs, ys, name=name, color=color, sizes=sizes, labels=labels, per=per)
        return without_slope(found) if positions.categories else found
    places = [int(place) for one in (xs, ys) for place in (one.argmin(), one.argmax())]
    far = _far(xs, ys)
    kept = arithmetic.kept(len(ys), series.MAX_ROWS, [*places, *far[:_SHOWN]])
    labels = positions.texts(xs[kept])
    found = series.scatter(xs[kept], ys[kept], name=name, color=color, labels=labels, per=per)
    facts = {what: [what, value, at] for what, value, at in found["facts"]}
    slope, correlation = _fit(xs, ys)
    shown = positions.texts(xs[far[:_SHOWN]]) or [f"{x:.6g}" for x in xs[far[:_SHOWN]]]
    where = "; ".join(f"{x}, {y:.6g}" for x, y in zip(shown, ys[far[:_SHOWN]]))  # noqa: B905 - not before 3.10
    given = {
        "x mean": (float(xs.mean()), ""),
        "y mean": (float(ys.mean()), ""),
        "correlation": (correlation, ""),
        "trend": (slope, f"per {per}"),
        "outliers": (len(far), where[:MAX_TEXT]),
    }
    if sizes is not None and len(sizes) > 1:
        facts["size"] = ["size", f"{min(sizes):.6g} to {max(sizes):.6g}", ""]
    for what, (value, at) in given.items():
        facts[what] = [what, arithmetic.rounded(value), at]
    known = [fact for fact in facts.values() if fact[1] is not None]
    return {**found, "count": len(ys), "facts": known, "left_out": len(ys) - len(kept)}


def without_slope(found: dict[str, Any]) -> dict[str, Any]:
    """For places that are no numbers to fit a line by, such as the order of categories."""
    return {**found, "facts": [fact for fact in found["facts"] if fact[0] != "trend"]}


def _fit(xs: Any, ys: Any) -> tuple[float | None, float | None]:
    """As `arithmetic.fit`, piece by piece."""
    numpy = sys.modules["numpy"]
    x_mean, y_mean = float(xs.mean()), float(ys.mean())
    xx = yy = xy = 0.0
    for start in range(0, len(xs), _PIECE):
        x, y = xs[start : start + _PIECE] - x_mean, ys[start : start + _PIECE] - y_mean
        xx += float(numpy.dot(x, x))
        yy += float(numpy.dot(y, y))
        xy += float(numpy.dot(x, y))
    if not xx > 1e-24 * len(xs) * x_mean**2:
        return None, None
    flat = not yy > 1e-24 * len(ys) * y_mean**2
    return xy / xx, None if flat else xy / (xx**0.5 * yy**0.5)


def _far(xs: Any, ys: Any) -> list[int]:
    """As `arithmetic.outliers`: beyond a resistant line."""
    numpy = sys.modules["numpy"]
    third = len(xs) // 3
    order = numpy.argpartition(xs, [third, len(xs) - third])
    left, right = order[:third], order[-third:]
    run = float(numpy.median(xs[right]) - numpy.median(xs[left]))
    rise = float(numpy.median(ys[right]) - numpy.median(ys[left]))
    rest = ys - (rise / run if run else 0.0) * xs
    away = numpy.abs(rest - numpy.median(rest))
    scale = 1.4826 * float(numpy.median(away)) or 1.2533 * float(away.mean())
    if not scale > 1e-12 * float(numpy.abs(ys).max()):
        return []
    return [int(place) for place in numpy.flatnonzero(away > _FAR * scale)]
