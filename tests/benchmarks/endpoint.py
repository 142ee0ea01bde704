"""A model endpoint that answers at once with a fixed program a step, and keeps the times.

Times are of the monotonic clock, which all processes of a Linux machine share. Each step's
code writes the time at which it starts and ends to ``marks.txt`` in its working folder.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROSE = "Next I look at another part of the data, to see whether the picture so far holds. " * 3
CODE = """\
import time
mark = open("marks.txt", "a")
mark.write(f"start {time.monotonic()}\\n")
values_%(step)d = [n * %(step)d %% 97 for n in range(200)]
print("\\n".join("value " + "x" * 43 for n in range(30)))
mark.write(f"end {time.monotonic()}\\n")
mark.close()
"""


class Endpoint(ThreadingHTTPServer):
    """Streams `steps` cells, then a `finish`."""

    daemon_threads = True

    def __init__(self, steps: int, piece: int = 40, pause: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.steps = steps
        self.piece = piece
        """Characters of the answer in one server-sent event."""
        self.pause = pause
        """Seconds between two events."""
        self.received: list[float] = []
        self.replied: list[float] = []
        self.sizes: list[int] = []
        self.done = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def events(self, step: int) -> Iterator[dict[str, Any]]:
        if step < self.steps:
            name = "run_cell"
            arguments: dict[str, Any] = {"source": CODE % {"step": step}, "purpose": f"step {step}"}
        else:
            name, arguments = "finish", {"conclusion": "Done.", "claims": []}
        for text in _pieces(PROSE, self.piece):
            yield {"delta": {"content": text}}
        call: dict[str, Any] = {"index": 0, "id": f"functions.{name}:{step}", "type": "function"}
        yield {"delta": {"tool_calls": [{**call, "function": {"name": name, "arguments": ""}}]}}
        for text in _pieces(json.dumps(arguments), self.piece):
            yield {"delta": {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}}
        yield {"delta": {}, "finish_reason": "tool_calls"}

    def marks(self, folder: Path) -> tuple[list[float], list[float]]:
        """When each step's code started and ended."""
        lines = [line.split() for line in (folder / "marks.txt").read_text().splitlines()]
        starts = [float(when) for what, when in lines if what == "start"]
        return starts, [float(when) for what, when in lines if what == "end"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append(time.monotonic())
        self.server.sizes.append(len(body))
        step = len(self.server.replied)
        frames = [
            f"data: {json.dumps({'id': 'x', 'choices': [{'index': 0, **choice}]})}\n\n"
            for choice in self.server.events(step)
        ]
        usage = {"prompt_tokens": len(body) // 4, "completion_tokens": 150}
        frames.append(f"data: {json.dumps({'id': 'x', 'choices': [], 'usage': usage})}\n\n")
        frames.append("data: [DONE]\n\n")
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for frame in frames:
            self.wfile.write(f"{len(frame):x}\r\n{frame}\r\n".encode())
            if self.server.pause:
                time.sleep(self.server.pause)
        self.wfile.write(b"0\r\n\r\n")
        self.server.replied.append(time.monotonic())
        if step == self.server.steps:
            self.server.done.set()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        pass


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))
