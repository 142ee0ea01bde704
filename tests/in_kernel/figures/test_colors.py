from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

from k2_jupyter.in_kernel.figures import colors


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("red", "green"),
        ("tab:red", "tab:green"),
        ("firebrick", "forestgreen"),
        ("crimson", "darkgreen"),
        ("red", "lime"),
        ("#808080", "#888888"),
        ("tab:blue", "tab:purple"),
    ],
)
def test_some_readers_confuse(one: str, other: str) -> None:
    assert colors.confusable(to_hex(one), to_hex(other))
    assert colors.confusable(to_hex(other), to_hex(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("black", "white"),
        ("red", "blue"),
        ("tab:blue", "tab:orange"),
        ("tab:orange", "tab:green"),
        ("steelblue", "darkorange"),
        ("lightgreen", "darkred"),
    ],
)
def test_nobody_has_to_confuse(one: str, other: str) -> None:
    assert not colors.confusable(to_hex(one), to_hex(other))


def test_lightness_runs_from_black_to_white() -> None:
    assert colors.lightness("#000000") == pytest.approx(0, abs=0.01)
    assert colors.lightness("#ffffff") == pytest.approx(100, abs=0.01)
    assert colors.lightness("#777777") == pytest.approx(50, abs=1)


def test_a_color_is_six_hexadecimal_digits() -> None:
    assert colors.is_color("#1f77B4")
    assert not any(map(colors.is_color, ("", "red", "#fff", "#1f77b4ff", "#12345g")))
