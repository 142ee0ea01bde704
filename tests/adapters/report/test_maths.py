import re
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k2_jupyter.adapters.report.maths import mathml

TOKENS = r"""
    \frac \sqrt { } [ ] ^ _ & \\ \begin{matrix} \end{matrix} \left( \right) \left x 1 + '
    \text{a} \hat \overset \genfrac \binom \over \color{red} \hspace{1em} \sum \substack
    \href{javascript:x}{y} \begin{array}{cc|} \end{array} \tag{1} <b> \hline \rule{1em}{2em}
"""


@pytest.mark.parametrize(
    ("latex", "part"),
    [
        (r"\frac{a}{b}", "<mfrac>"),
        (r"\begin{equation}E = mc^2\end{equation}", "<msup>"),
        (r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}", "<mtable>"),
        (r"\begin{cases}1 & x > 0\\0 & x \le 0\end{cases}", "<mo>≤</mo>"),
        (r"\hat\beta \sim \mathcal{N}(0, \sigma^2)", "𝒩"),
        (r"a < b", "<mo>&lt;</mo>"),
    ],
)
def test_formulas_become_mathml(latex: str, part: str) -> None:
    assert part in (mathml(latex, block=True) or "")


def test_rows_of_an_alignment_are_not_numbered() -> None:
    assert "(1)" not in (mathml(r"\begin{align}a&=b\\c&=d\end{align}", block=True) or "(1)")


@pytest.mark.parametrize(
    "latex",
    [
        "",
        r"\frac{",
        "x_",
        r"\left(",
        r"\genfrac",
        r"\unknown{x}",
        r"\begin{tabular}{l}a\end{tabular}",
        "{" * 900 + "}" * 900,
        "x" * 3_000,
    ],
)
def test_what_cannot_be_read_is_none(latex: str) -> None:
    assert mathml(latex, block=False) is None


def test_a_formula_brings_no_address_style_id_or_large_length() -> None:
    latex = r"\href{javascript:x}{a} \color{red}{b} \class{c}{d} \hspace{-99em} \hspace{1em} e"

    html = mathml(latex, block=True) or ""

    assert re.findall(r' (\w+)="', html) == ["display", "width"]


def test_elements_that_do_not_draw_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "<math><script>run()</script><mi href='x' onclick='y'>a</mi></math>"
    tree = fromstring(source)  # noqa: S314 (our own)
    monkeypatch.setattr("latex2mathml.converter.convert_to_element", lambda *_, **__: tree)

    assert mathml("a", block=False) == "<math>run()<mi>a</mi></math>"


@given(st.lists(st.sampled_from(TOKENS.split()), max_size=12).map(" ".join))
def test_any_latex_is_clean_or_none(latex: str) -> None:
    html = mathml(latex, block=False) or ""

    tags = re.findall(r"<[^>]*>", html)
    assert all(re.fullmatch(r'</?[a-z]+( [a-z]+="[A-Za-z0-9.%+\- ]*")*>', tag) for tag in tags)
