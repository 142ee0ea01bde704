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
def test_formulas_stay_as_text(formula: str) -> None:
    assert formula.replace("<", "&lt;") in render(f"before {formula} after")


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
