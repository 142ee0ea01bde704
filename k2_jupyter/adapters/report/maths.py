"""Formulas as MathML, made here so that no script is needed to show them."""

from __future__ import annotations

import html
import re
from functools import cache
from xml.etree.ElementTree import Element

from markupsafe import Markup

_LONGEST = 2_000
"""Characters; what is longer is shown as text."""
_DEEPEST = 100
_NAMESPACE = re.compile(r"\{[^}]*\}")
_ELEMENTS = """
    math mrow mi mn mo ms mtext mspace msup msub msubsup munder mover munderover mfrac msqrt
    mroot mstyle mtable mtr mtd mpadded mphantom menclose mmultiscripts mprescripts none
"""
_PLAIN = re.compile(r"(?!.*(?<![.0-9])[0-9]{2})[A-Za-z0-9.%+\- ]{0,40}")
"""What an attribute may be: words, lengths below 10 of any unit; no colour, no address. A
larger length would push the formula over other parts of the page."""
_ATTRIBUTES = """
    accent accentunder columnalign columnlines columnspacing depth display displaystyle fence
    form height largeop linethickness lspace mathsize mathvariant maxsize minsize movablelimits
    notation rowalign rowlines rowspacing rspace scriptlevel separator stretchy symmetric
    voffset width
"""
_COMMAND = re.compile(r"\\[A-Za-z]")
"""What stands in the result for a command that is not known."""
_NUMBERED = re.compile(r"\\(begin|end)\{(align|gather|eqnarray|multline)\}")
_BEGIN = re.compile(r"\\begin\{([^}]*)\}")
_ENVIRONMENTS = """
    align align* alignat alignat* aligned array bmatrix bmatrix* Bmatrix Bmatrix* cases eqnarray*
    gather* gathered matrix matrix* multline* pmatrix pmatrix* smallmatrix split substack vmatrix
    vmatrix* Vmatrix Vmatrix*
"""
_ENVIRONMENT = re.compile(
    r"\\begin\{(equation|displaymath|math)(\*?)\}(.*)\\end\{\1\2\}", re.DOTALL
)


def mathml(latex: str, *, block: bool) -> Markup | None:
    """A formula as a ``math`` element; None where it can't be read.

    Only elements and attributes that draw get through, so that a formula neither links
    nor styles nor runs anything.
    """
    source = latex.strip()
    found = _ENVIRONMENT.fullmatch(source)
    tree = _parsed(found[3].strip() if found else source, block=block)
    try:
        return None if tree is None else Markup(_serialised(tree))  # noqa: S704 (escaped parts)
    except RecursionError:
        return None


def _parsed(latex: str, *, block: bool) -> Element | None:
    from latex2mathml.converter import convert_to_element

    latex = _NUMBERED.sub(r"\\\1{\2*}", latex)  # a notebook does not number them
    known = all(name in _ENVIRONMENTS.split() for name in _BEGIN.findall(latex))
    if len(latex) > _LONGEST or not latex or not known:
        return None
    try:
        tree: Element = convert_to_element(latex, display="block" if block else "inline")
    except _problems():
        return None
    unread = any(_COMMAND.match(element.text or "") for element in tree.iter())
    return None if unread else tree


@cache
def _problems() -> tuple[type[BaseException], ...]:
    """What the library raises: its own errors, and others that broken input leads to."""
    from latex2mathml import exceptions

    named = vars(exceptions).values()
    own = [one for one in named if isinstance(one, type) and issubclass(one, Exception)]
    return (*own, LookupError, RecursionError, StopIteration, ValueError)


def _serialised(element: Element, depth: int = 0) -> str:
    name = _NAMESPACE.sub("", element.tag)
    if depth > _DEEPEST:
        raise RecursionError
    inner = html.escape(html.unescape(element.text or ""))
    inner += "".join(_serialised(child, depth + 1) for child in element)
    if name not in _ELEMENTS.split():
        return inner
    attributes = "".join(
        f' {key}="{value}"'
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES.split() and _PLAIN.fullmatch(value)
    )
    return f"<{name}{attributes}>{inner}</{name}>"
