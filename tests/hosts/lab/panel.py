"""A real Jupyter server with the extension, and what a page says to it over a raw socket."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import websocket

from tests.jupyter_server import running

HANG = 60.0
"""Seconds that anything may take."""
Raw: TypeAlias = dict[str, Any]
T = TypeVar("T")

_OWN_FOLDERS = (
    *("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"),
    *("XDG_STATE_HOME", "XDG_CONFIG_HOME"),
)

_OTHERS = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook_shim")
"""Extensions that these tests do without."""


@dataclass
class Lab:
    """The server; `folder` is where its notebooks are."""

    folder: Path
    port: int
    token: str
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]
    log: Path

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A REST call with the token: status and JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}/{path}"
        request = Request(url, data, headers, method=method)
        try:
            with urlopen(request, timeout=HANG) as answer:  # noqa: S310
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except HTTPError as refusal:
            with refusal:
                text = refusal.read()
            return refusal.code, json.loads(text) if text.startswith(b"{") else text.decode()

    def notebook(self, *, kernel: str = "", spec: str = "python3") -> str:
        """Make an empty notebook with a kernel of its own, or this one; its path."""
        path = f"{uuid.uuid4().hex[:8]}.ipynb"
        file = self.folder / path
        file.write_text(
            json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        )
        self.session(path, kernel=kernel, spec=spec)
        return path

    def session(self, path: str, *, kernel: str = "", spec: str = "python3") -> Raw:
        """Start the kernel of a notebook, or find it."""
        chosen = {"id": kernel} if kernel else {"name": spec}
        asked = {"path": path, "name": path, "type": "notebook", "kernel": chosen}
        status, session = self.ask("POST", "api/sessions", asked)
        assert status == 201, session
        found: Raw = session
        return found

    @contextlib.contextmanager
    def panel(self, path: str) -> Iterator[Panel]:
        """A page that has the notebook open."""
        panel = Panel(self, path)
        try:
            panel.open()
            yield panel
        finally:
            panel.close()


@dataclass
class Panel:
    """A page: keeps cells and events, and carries out what it is told at once."""

    lab: Lab
    path: str
    cells: list[Raw] = field(default_factory=list)
    log: str | None = None
    events: dict[int, Raw] = field(default_factory=dict)
    """By number."""
    received: list[Raw] = field(default_factory=list)
    """Everything, in the order of its arrival, over all connections."""
    _socket: websocket.WebSocket | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _reader: threading.Thread | None = None

    def open(self) -> Raw:
        """Connect and say hello; the welcome."""
        query = f"path={self.path}&token={self.lab.token}"
        url = f"ws://127.0.0.1:{self.lab.port}/k2/api/notebook?{query}"
        self._socket = websocket.create_connection(url, timeout=HANG)
        before = len(self.received)
        self._reader = threading.Thread(target=self._read, args=(self._socket,), daemon=True)
        self._reader.start()
        self.send(op="hello", log=self.log, since=max(self.events, default=0), cells=self.cells)
        return self.told("welcome", after=before)

    def drop(self) -> None:
        """The connection is lost, without a word."""
        assert self._socket is not None
        if self._socket.sock is not None:
            with contextlib.suppress(OSError):  # the server was first
                self._socket.sock.shutdown(socket.SHUT_RDWR)
        self.gone()

    def gone(self) -> None:
        """Wait until the connection has ended, and let go of it."""
        assert self._reader is not None
        self._reader.join(HANG)
        if self._socket is not None:
            self._socket.shutdown()  # type: ignore[no-untyped-call]
        self._socket = None

    def close(self) -> None:
        if self._socket is not None:
            self.drop()

    def send(self, **message: Any) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(message))

    def request(self, request: str, **options: Any) -> str:
        """Send a request; its id."""
        message: Raw = {
            "id": uuid.uuid4().hex,
            "request": request,
            "after": None,
            "attached": [],
            "mode": "ask",
            "model": "",
            "caps": {},
            "images": False,
        }
        message |= options
        self.send(op="ask", **message)
        return str(message["id"])

    def add(self, cell_id: str, source: str, **fields: Any) -> None:
        """The user makes a cell at the end."""
        cell: Raw = {"id": cell_id, "kind": "code", "source": source, "metadata": {}, "count": None}
        self.cells.append({**cell, "outputs": [], **fields})
        order = [one["id"] for one in self.cells]
        self.send(op="changed", cells=[self.cells[-1]], order=order)

    def edit(self, cell_id: str, source: str) -> None:
        """The user types in a cell."""
        cell = self.cell(cell_id)
        cell["source"] = source
        self.send(op="changed", cells=[cell])

    def remove(self, cell_id: str) -> None:
        """The user deletes a cell."""
        self.cells.remove(self.cell(cell_id))
        self.send(op="changed", cells=[], order=[one["id"] for one in self.cells])

    def move(self, cell_id: str, to: int) -> None:
        """The user moves a cell."""
        cell = self.cell(cell_id)
        self.cells.remove(cell)
        self.cells.insert(to, cell)
        self.send(op="changed", cells=[], order=[one["id"] for one in self.cells])

    def cell(self, cell_id: str) -> Raw:
        return next(cell for cell in self.cells if cell["id"] == cell_id)

    def answer(self, opened: Raw, **answer: Any) -> None:
        """To an open request: an approval, unless told otherwise."""
        approval = {"type": "Approval", "granted": True, "comment": "", "always": False}
        self.send(op="answer", request=opened["id"], answer=answer or approval)

    def until(self, kind: str, after: int = 0, within: float = HANG, **fields: Any) -> Raw:
        """Wait for an event with these fields whose number is above `after`."""
        return self._found(
            lambda: [one for number, one in sorted(self.events.items()) if number > after],
            within,
            type=kind,
            **fields,
        )

    def told(self, op: str, after: int = 0, **fields: Any) -> Raw:
        """Wait for a message that is no event, behind the first `after` received."""
        return self._found(lambda: self.received[after:], op=op, **fields)

    def finish(self, request: str, **options: Any) -> Raw:
        """Ask, approve whatever is asked, and wait for the end of the turn."""
        start = self.last
        self.request(request, **options)
        return self.approve_all(start)

    def approve_all(self, after: int) -> Raw:
        """Approve what is asked behind event number `after` until the turn has ended."""
        answered: set[str] = set()

        def due() -> list[Raw]:
            new = [one for number, one in sorted(self.events.items()) if number > after]
            opened = [one for one in new if one["type"] == "Opened" and one["id"] not in answered]
            return opened or [one for one in new if one["type"] == "TurnFinished"]

        while (event := self.wait(due)[0])["type"] == "Opened":
            answered.add(event["id"])
            self.answer(event)
        return event

    @property
    def last(self) -> int:
        return max(self.events, default=0)

    def wait(self, condition: Callable[[], T], within: float = HANG) -> T:
        """Until it is true, or something is there; the value."""
        until = time.monotonic() + within
        with self._changed:
            while not (found := condition()):
                left = until - time.monotonic()
                assert left > 0, f"nothing came; the last: {self.received[-8:]}"
                self._changed.wait(min(left, 0.1))
        return found

    def _found(self, messages: Callable[[], list[Raw]], within: float = HANG, **fields: Any) -> Raw:
        def fitting() -> list[Raw]:
            wanted = fields.items()
            return [one for one in messages() if all(one.get(name) == it for name, it in wanted)]

        return self.wait(fitting, within)[0]

    # What an extension does

    def _read(self, source: websocket.WebSocket) -> None:
        while True:
            try:
                text = source.recv()
            except (websocket.WebSocketException, OSError):
                return
            if not text:
                return
            message = json.loads(text)
            with self._changed:
                self._take(message, source)
                self.received.append(message)
                self._changed.notify_all()

    def _take(self, message: Raw, source: websocket.WebSocket) -> None:
        match message["op"]:
            case "welcome":
                if message["log"] != self.log:
                    self.log, self.events = message["log"], {}
            case "event":
                first = message["event"].get("first", message["seq"])
                assert first == self.last + 1 <= message["seq"], "a gap, or twice"
                self.events[message["seq"]] = message["event"]
            case "do":
                self._do(message)
                if "id" in message:
                    with contextlib.suppress(websocket.WebSocketException, OSError):
                        source.send(json.dumps({"op": "done", "id": message["id"], "ok": True}))

    def _do(self, message: Raw) -> None:
        by_id = {cell["id"]: cell for cell in self.cells}
        match message["what"]:
            case "insert":
                ids = list(by_id)
                assert message["cell"]["id"] not in ids
                at = ids.index(message["after"]) + 1 if message["after"] else 0
                self.cells.insert(at, message["cell"])
            case "replace":
                changed = {"source": message["source"], "count": None, "outputs": []}
                by_id[message["cell"]].update(changed)
                by_id[message["cell"]]["metadata"] |= message["metadata"]
            case "outputs":
                shown = {"outputs": message["outputs"], "count": message["count"]}
                by_id[message["cell"]].update(shown)
            case "delete":
                self.cells.remove(by_id[message["cell"]])


@contextlib.contextmanager
def serving_lab(
    folder: Path, *, config: Any = None, beside: Sequence[str] = (), **environment: str
) -> Iterator[Lab]:
    """A server with folders of its own; `config` is what ``c.K2`` has.

    `beside` names further extensions.
    """
    own = {name: str(folder / name.lower()) for name in _OWN_FOLDERS}
    content = folder / "content"
    content.mkdir(exist_ok=True)
    others = {**dict.fromkeys(_OTHERS, False), **dict.fromkeys(beside, True)}
    settings = {
        "ServerApp": {
            "jpserver_extensions": {**others, "k2_jupyter": True},
            "root_dir": str(content),
            "allow_root": True,
            "ip": "127.0.0.1",
            "port": 0,
        },
        "K2": config or {},
    }
    Path(own["JUPYTER_CONFIG_DIR"]).mkdir(exist_ok=True)
    file = Path(own["JUPYTER_CONFIG_DIR"]) / "jupyter_server_config.json"
    file.write_text(json.dumps(settings))
    token, log = uuid.uuid4().hex, folder / "server.log"
    known = {**os.environ, **own, "JUPYTER_TOKEN": token, **environment}
    command = [sys.executable, "-m", "jupyter_server", "--no-browser"]
    with running(command, known, log, folder=content) as (process, port):
        yield Lab(content, port, token, process, own, log)
