import re

import pytest

from k2_jupyter.adapters.report.markdown import render


def test_the_ordinary_things_render() -> None:
    html = render(
        "# Title\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\n1. one\n\n> quote\n\n"
        "```python\nx = 1\n```\n\n"
        "[link](https://example.org) *em* `code` ~~gone~~"
    )

    for tag in ("<h1>Title</h1>", "<table>", "text-align:right", "<ol>", "<blockquote>", "<em>em"):
        assert tag in html
    assert '<a href="https://example.org" rel="noopener noreferrer">link</a>' in html
    assert '<span class="n">x</span>' in html


@pytest.mark.parametrize("formula", ["$a_1 * b * c$", "$$\\frac{a}{b}$$", "$a < b$"])
def test_formulas_are_mathml(formula: str) -> None:
    html = render(f"before {formula} after")

    assert re.search("<p>before <math display=.*</math> after</p>", html)
    assert "$" not in html


@pytest.mark.parametrize(
    "text",
    ["$5 and $10", "$5–$10", "$1,000-$2,000", "$\\unknown{x} < 1$", "$$\\frac{$$", "\\$3 or $4"],
)
def test_prices_and_unreadable_formulas_stay_as_text(text: str) -> None:
    html = render(f"before {text} after")

    assert "<math" not in html
    assert text.replace("<", "&lt;").replace("\\$", "$") in html


def test_a_formula_cannot_be_put_in_by_other_text() -> None:
    html = render("$x$ formula-" + "0" * 32)

    assert html.count("<math") == 1
    assert "formula-0" in html


def test_attached_bitmaps_are_embedded(picture: str) -> None:
    html = render('![a "plot"](attachment:p.png)', {"p.png": {"image/png": picture}})

    assert f'src="data:image/png;base64,{picture}"' in html
    assert 'alt="a &quot;plot&quot;"' in html


@pytest.mark.parametrize(
    "attachment",
    [None, {"image/svg+xml": "PHN2Zz4="}, {"text/html": "PGI+"}, "text", {"image/png": "<b>"}],
)
def test_other_attachments_are_named(attachment: object) -> None:
    html = render("![plot](attachment:p)", {"p": attachment} if attachment else {})

    assert "<img" not in html
    assert "[image not included: plot]" in html


@pytest.mark.parametrize("url", ["https://example.org/a.png", "a.png", "/etc/passwd", "file:///a"])
def test_images_from_elsewhere_are_named(url: str) -> None:
    assert render(f"![x]({url})") == "<p><em>[image not included: x]</em></p>\n"
