"""What a report lets through of other people's HTML."""

from __future__ import annotations

import re
from functools import cache

import nh3
from markupsafe import Markup

_TAGS = """
    a abbr b bdi blockquote br caption code col colgroup dd del details dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span
    strong sub summary sup table tbody td tfoot th thead tr tt u ul var wbr
"""
_DROPPED_WITH_CONTENT = """
    audio button canvas embed form head iframe math noscript object script select style svg
    template textarea title video
"""
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "div": {"class"},
    "span": {"class"},
    "table": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"alt", "src", "title", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
}
_CLASSES = {
    "div": re.compile("highlight"),
    "span": re.compile("[a-z]{1,2}[0-9]?"),  # of highlighted code
    "table": re.compile("dataframe"),
}
IMAGE_URL = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
"""The images that markdown and HTML may show; outputs add SVG by a way of their own."""
_LINK = re.compile(r"(?:https?://|mailto:|#cell-)\S+", re.IGNORECASE)
_EMPTY_HEAD = re.compile(r'<th((?: [a-z]+="[^"]*")*)>\s*</th>')
"""As pandas writes them above an index: heads of nothing to a screen reader."""
_HEAD = re.compile(r"(?<=<th>)[^<]*_[^<]*(?=</th>)")
_SIZE = re.compile(r"[0-9]{1,4}")


def clean(html: str) -> Markup:
    """`html` with nothing left that could run, style the page, fetch or pose as the page.

    Ids, styles but for alignment, classes but for highlighted code, forms, inline SVG and
    MathML go; links keep http, https and mailto, images keep embedded bitmaps.
    """
    cleaned = _EMPTY_HEAD.sub(r"<td\1></td>", _cleaner().clean(html))
    # On paper a head of many words may go over several lines.
    return Markup(_HEAD.sub(lambda head: head[0].replace("_", "_<wbr>"), cleaned))  # noqa: S704


_BOX = '<div class="scroll" tabindex="0" role="group" aria-label="Table">'
_TABLE_ENDS = re.compile(r"(<table\b[^>]*>|</table>)")


def boxed(html: Markup) -> Markup:
    """`html`, which must come from `clean`, each outermost table in a box of its own to scroll."""
    parts, depth = [], 0
    for part in _TABLE_ENDS.split(html):
        opens, closes = part.startswith("<table"), part == "</table>"
        parts.append(_BOX + part if opens and not depth else part)
        depth += opens - closes
        if closes and not depth:
            parts.append("</div>")
    return Markup("".join(parts))  # noqa: S704 (clean parts and a box)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS.split()),
        clean_content_tags=set(_DROPPED_WITH_CONTENT.split()),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        filter_style_properties={"text-align"},
        url_schemes={"http", "https", "mailto", "data"},
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    match tag, name:
        case "img", "src":
            allowed = IMAGE_URL.fullmatch(value)
        case _, "href":
            allowed = _LINK.fullmatch(value)
        case "img", "width" | "height":
            allowed = _SIZE.fullmatch(value)
        case _, "class":
            allowed = _CLASSES[tag].fullmatch(value)
        case _:
            return value
    return value if allowed else None
