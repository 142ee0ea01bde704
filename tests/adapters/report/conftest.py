import base64
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from nbformat.v4 import new_notebook
from playwright.sync_api import Browser, sync_playwright

from k2_jupyter.adapters.report import CodeView, export

Rendered: TypeAlias = Callable[..., str]


def png(width: int = 4, height: int = 3) -> str:
    """A white PNG as base64 text (PNG specification, ISO/IEC 15948)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + data).decode()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def picture() -> str:
    return png(640, 480)


@pytest.fixture
def report(tmp_path: Path) -> Rendered:
    """``report(cells, metadata=…, code=…)`` exports a notebook and returns the page."""

    def render(
        cells: list[Any],
        metadata: dict[str, Any] | None = None,
        code: CodeView = "fold",
        title: str | None = None,
    ) -> str:
        notebook = new_notebook(cells=cells, metadata=metadata or {})
        (tmp_path / "my_notes.ipynb").write_text(json.dumps(notebook), "utf-8")
        export(tmp_path / "my_notes.ipynb", tmp_path / "page.html", code=code, title=title)
        return (tmp_path / "page.html").read_text("utf-8")

    return render
