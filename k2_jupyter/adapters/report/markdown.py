"""Markdown as a report shows it: rendered by nbconvert, then cleaned."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from k2_jupyter.adapters.report.sanitize import IMAGE_URL, clean

_ATTACHED = ("image/png", "image/jpeg", "image/gif")


def render(source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
    """Clean HTML; formulas stay as text, images come from `attachments` (bitmaps) only."""
    renderer = _Renderer(
        escape=False, attachments=dict(attachments or {}), exclude_anchor_links=True
    )
    return clean(MarkdownWithMath(renderer=renderer).render(source))


class _Renderer(IPythonRenderer):
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
