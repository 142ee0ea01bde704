"""Pictures on the wire: for models that can see, once each, and never as text."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage
from k2_jupyter.notebook.figures import RECORD_TYPE, alt_text, parse
from k2_jupyter.notebook.pictures import pixel_size
from tests.hosts.cli.played import PlayedModel
from tests.loopback import Play, Server

SECRET = "correct-horse-battery"
PLOT = """\
import os
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(20, 4), dpi=120)
ax.plot([1, 2, 5], label=open("note.txt").read())
ax.set(title="Growth", xlabel="day", ylabel="cells")
ax.legend()
plt.show()"""
PRINT = """\
import base64, io

buffer = io.BytesIO()
fig.savefig(buffer)
print("<img src='data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode() + "'>")
fig"""


class Drawing(PlayedModel):
    """Draws, shows the same again, looks at it once more, reads the notebook, and ends."""

    steps = ("next",)

    def next(self) -> AssistantMessage:
        if self.number < 2:
            return self.run(f"cell {self.number}", (PLOT, PRINT)[self.number])
        if self.number == 2:
            return self.call("view_figure", cell=self.cell(self.seen["cell 0"])[0])
        if self.number == 3:
            return self.call("read_notebook")
        return self.call("finish", conclusion="It grows.", claims=[])


def draw(server: Server, folder: Path, model: str, *more: str) -> list[dict[str, Any]]:
    """The messages of the last request."""
    (folder / "out").mkdir()
    (folder / "out" / "note.txt").write_text(SECRET)
    options = ["--model", model, "--base-url", server.base_url, "--out", str(folder / "out")]
    assert main(["run", "Draw.", "--no-verify", *options, *more]) == 0
    messages: list[dict[str, Any]] = server.requests[-1]["messages"]
    return messages


def pictures(messages: list[dict[str, Any]]) -> list[bytes]:
    parts = [part for message in messages for part in message.get("content") or ()]
    urls = [
        part["image_url"]["url"] for part in parts if isinstance(part, dict) if "image_url" in part
    ]
    return [base64.b64decode(url.partition(";base64,")[2]) for url in urls]


@pytest.mark.parametrize(
    ("model", "more", "sent"),
    [("k3", (), 2), ("k3", ("--no-images",), 0), ("played", (), 0)],
)
def test_who_can_see_is_shown_each_picture_once(
    serve: Callable[[Play], Server], tmp_path: Path, model: str, more: tuple[str, ...], sent: int
) -> None:
    messages = draw(serve(Drawing()), tmp_path, model, *more)
    seen = pictures(messages)
    assert len(seen) == sent, "when it was drawn, and when it was asked for again"
    for data in seen:
        assert len(data) <= 150_000
        assert max(pixel_size(data) or (9_999,)) <= 1_568
    texts = [m["content"] for m in messages if isinstance(m.get("content"), str)]
    assert sum("<figure>" in text for text in texts) >= 3
    assert any("[base64, " in text for text in texts)
    assert not [text for text in texts if "iVBORw0KGgo" in text]


def test_the_record_survives_the_file_without_secrets_and_becomes_the_alt_text(
    serve: Callable[[Play], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET", SECRET)
    draw(serve(Drawing()), tmp_path, "played")
    path = tmp_path / "out" / "analysis.ipynb"
    data = nbformat.read(path, as_version=4).cells[0].outputs[0].data
    record = parse(json.loads(json.dumps(data[RECORD_TYPE])))
    assert record is not None
    assert record.axes[0].series[0].name == "[redacted]"
    assert main(["export", str(path), "-o", str(tmp_path / "again.html")]) == 0
    html = (tmp_path / "again.html").read_text("utf-8")
    assert f'alt="{alt_text(record)}"' in html
    assert SECRET not in html
