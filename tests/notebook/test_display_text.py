"""The one text of a display, for the model and for the check of its claims."""

from __future__ import annotations

import pandas as pd
import pytest
from great_tables import GT
from IPython.core.formatters import DisplayFormatter

from k2_jupyter.messages import Json
from k2_jupyter.notebook.display_text import display_text
from k2_jupyter.outputs import Display
from k2_jupyter.tools.claims import printed_text

FRAME = pd.DataFrame({"city": ["Bonn", "Kiel"], "share": [0.123, 0.877]})


def bundle(thing: object) -> dict[str, Json]:
    data, _ = DisplayFormatter().format(thing)
    return dict(data)


def test_a_good_plain_text_is_kept() -> None:
    data = bundle(FRAME)
    assert "text/html" in data
    assert display_text(data) == FRAME.to_string()


@pytest.mark.parametrize(
    "thing", [FRAME.style.format({"share": "{:.0%}"}), GT(FRAME).fmt_percent("share", decimals=0)]
)
def test_a_rich_table_is_told_as_it_is_shown(thing: object) -> None:
    text = display_text(bundle(thing))
    assert "12%" in text
    assert "88%" in text
    assert "0.123" not in text
    assert "object at" not in text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"text/plain": "<IPython.core.display.HTML object>", "text/html": "<p>5</p>"}, "5"),
        ({"text/plain": "<IPython.core.display.Markdown object>", "text/markdown": "# A"}, "# A"),
        ({"text/plain": "<IPython.core.display.JSON object>", "application/json": [1]}, "[1]"),
        ({"text/plain": "<Thing at 0x7f00>"}, "<Thing at 0x7f00>"),
        (
            {"text/plain": "<Thing at 0x7f00>", "text/html": "<script>x</script>"},
            "<Thing at 0x7f00>",
        ),
        ({"text/plain": ["a\n", "b"]}, "a\nb"),
        ({"image/png": "iVBOR"}, ""),
        ({"text/plain": 5, "text/html": None}, ""),
    ],
)
def test_what_stands_for_a_bundle(data: dict[str, Json], text: str) -> None:
    assert display_text(data) == text


def test_claims_are_checked_against_the_same_text() -> None:
    data = bundle(FRAME.style.format({"share": "{:.1%}"}))
    assert printed_text((Display(data),)) == display_text(data)
