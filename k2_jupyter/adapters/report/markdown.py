"""Markdown as a report shows it: rendered by nbconvert, cleaned, formulas put in."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from k2_jupyter.adapters.report.maths import mathml
from k2_jupyter.adapters.report.sanitize import IMAGE_URL, clean

_ATTACHED = ("image/png", "image/jpeg", "image/gif")
_FORMULA = re.compile(r"(?=.*[A-Za-z\\^_=<>])(?!\s)(?!.*[\s/,–—-]$).+", re.DOTALL)
"""What stands between two ``$`` in a formula; between two prices it is something else."""
_DELIMITED = re.compile(
    r"\$\$(.+)\$\$|\$(.+)\$|\\\[(.+)\\\]|(\\begin\{(?P<e>[a-z]+\*?)\}.*\\end\{(?P=e)\})", re.DOTALL
)


def render(source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
    """Clean HTML; images come from `attachments` (bitmaps) only.

    Formulas are MathML, or text where they can't be read.
    """
    renderer = _Renderer(
        escape=False, attachments=dict(attachments or {}), exclude_anchor_links=True
    )
    cleaned = clean(MarkdownWithMath(renderer=renderer).render(source))
    for mark, formula in renderer.formulas.items():
        cleaned = Markup(cleaned.replace(mark, formula))  # noqa: S704 (both are clean)
    return cleaned


def formula(source: str) -> Markup | None:
    """A `text/latex` output as MathML; None where it is none or can't be read."""
    found = _DELIMITED.fullmatch(source.strip())
    body = next((part for part in found.groups()[:4] if part), "") if found else ""
    return mathml(body, block=True)


class _Renderer(IPythonRenderer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.formulas: dict[str, Markup] = {}
        """What stands for each formula while the page is cleaned; nobody can guess it."""

    def block_math(self, body: str) -> str:
        return self._formula(body, f"$${body}$$", block=True)

    def multiline_math(self, text: str) -> str:
        return self._formula(text, text, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return self._formula(whole, whole, block=True)

    def inline_math(self, body: str) -> str:
        if not _FORMULA.fullmatch(body):
            return html.escape(f"${body}$")
        return self._formula(body, f"${body}$", block=False)

    def _formula(self, latex: str, text: str, *, block: bool) -> str:
        made = mathml(html.unescape(latex), block=block)
        if made is None:
            return html.escape(html.unescape(text))
        mark = f"formula-{secrets.token_hex(16)}"
        self.formulas[mark] = made
        return mark

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """An attachment or an embedded image; of any other its description."""
        found = self._attached(url.removeprefix("attachment:")) if ":" in url else ""
        source = found or url
        described = html.escape(Markup(text).striptags() or url)  # noqa: S704 (tags are dropped)
        if not IMAGE_URL.fullmatch(source):
            # A remote image would be a request, a local one leaks what lies beside the file.
            return f"<em>[image not included: {described}]</em>"
        return f'<img src="{source}" alt="{described}">'

    def block_mermaidjs(self, code: str) -> str:
        """Diagrams are drawn by a script elsewhere; here their source is shown."""
        return f"<pre><code>{html.escape(code)}</code></pre>"

    def _attached(self, name: str) -> str:
        bundle = self.attachments.get(name)
        if isinstance(bundle, Mapping):
            for media_type in _ATTACHED:
                content = bundle.get(media_type)
                if isinstance(content, str):
                    return f"data:{media_type};base64,{''.join(content.split())}"
        return ""
