"""The contract of `Document` over a real page: what the agent has is what the notebook has.

The test is the server's end of the page's WebSocket. A page takes no part in runs but shows
them: the contract of `Kernel` is kept by the server's own client (tests/adapters).
"""

from __future__ import annotations

import json
import queue
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, WebSocketRoute

from k2_jupyter.adapters.notebook_json import cell_of, raw_output
from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.errors import CellChangedError
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell, Document
from tests.jupyterlab import Lab, opened
from tests.notebook.contract import DocumentContract
from tests.ui.scripts import HANG
from tests.ui.sidebar import Sidebar

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

_WELCOME: Mapping[str, Json] = {
    "op": "welcome",
    "log": "contract",
    "seq": 0,
    "kernel": {"id": "contract", "language": "python", "status": "idle"},
    "running": None,
    "lead": True,
    "time": "2026-11-22T10:15:30.125+00:00",
}
_EMPTY = """() => {
    const { sharedModel } = jupyterapp.shell.currentWidget.content.model;
    sharedModel.deleteCellRange(1, sharedModel.cells.length);
}"""
_TYPE = """([id, text]) => {
    const { sharedModel } = jupyterapp.shell.currentWidget.content.model;
    sharedModel.cells.find(cell => cell.getId() === id).setSource(text);
}"""


class BesideTheUser(PageDocument):
    """Without the first cell, which is the user's: a page puts one into an empty notebook."""

    def cells(self) -> tuple[Cell, ...]:
        return tuple(super().cells()[1:])


class BrowserPage:
    """A page in the browser, as the server has it; talks while `settle` is called."""

    sidebar: Sidebar
    """Set when the page is open."""
    _socket: WebSocketRoute

    def __init__(self) -> None:
        self.document: PageDocument = BesideTheUser()
        self._outbox: queue.SimpleQueue[Mapping[str, Json]] = queue.SimpleQueue()

    def send(self, message: Mapping[str, Json]) -> None:
        """From any thread: Playwright is of one."""
        self._outbox.put(message)

    def connect(self, socket: WebSocketRoute) -> None:
        """The page has opened its WebSocket."""
        self._socket = socket
        socket.on_message(self._take)

    def begin(self, document: PageDocument) -> None:
        """Serve this document from now on, and none of the cells of the one before."""
        self.document.detach(self)
        self.document = document
        self.sidebar.page.evaluate(_EMPTY)
        self._socket.close()
        self.wait_for(lambda: document.leads(self))

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Until it is true."""
        until = time.monotonic() + HANG
        while not condition():
            assert time.monotonic() < until
            self.settle()

    def settle(self) -> None:
        """Exchange what is there."""
        while not self._outbox.empty():
            self._socket.send(json.dumps(self._outbox.get()))
        self.sidebar.page.wait_for_timeout(5)

    def _take(self, text: str | bytes) -> None:
        message = json.loads(text)
        if message["op"] == "hello":
            self.send(_WELCOME)
            self.document.attach(self, message["cells"])
        elif message["op"] in ("changed", "done"):
            self.document.taken(self, message)


class Driven:
    """Each method of the document, on another thread, while this one serves the page."""

    def __init__(self, document: PageDocument, page: BrowserPage) -> None:
        self._document, self._page = document, page

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._document, name)

        def call(*args: Any, **options: Any) -> Any:
            with ThreadPoolExecutor(1) as thread:
                done = thread.submit(method, *args, **options)
                self._page.wait_for(done.done)
            return done.result()

        return call


@pytest.fixture(scope="module")
def page(browser: Browser, lab: Lab) -> Iterator[BrowserPage]:
    lab.notebook("contract.ipynb", "")
    served = BrowserPage()
    with browser.new_context() as context:
        context.route_web_socket(re.compile("/k2/api/notebook"), served.connect)
        with opened(context, lab, "contract.ipynb") as notebook:
            served.sidebar = Sidebar(notebook)
            served.wait_for(lambda: served.document.leads(served))
            yield served


@pytest.fixture
def document(page: BrowserPage) -> Iterator[Document]:
    """Whatever was done with it: the page ends with the same."""
    document = BesideTheUser(answer_seconds=HANG)
    page.begin(document)
    yield cast("Document", Driven(document, page))
    until = time.monotonic() + HANG
    while in_page(page.sidebar) != [told(cell) for cell in document.cells()]:
        assert time.monotonic() < until, (in_page(page.sidebar), document.cells())
        page.settle()


def in_page(sidebar: Sidebar) -> list[Any]:
    return [told(cell_of(raw)) for raw in sidebar.cells()[1:]]


def told(cell: Cell) -> Any:
    outputs = [raw_output(output) for output in cell.outputs]
    mark = cell.metadata.get("k2")
    return cell.id, cell.kind, cell.source, mark, cell.execution_count, outputs


class TestContract(DocumentContract):
    """The one of every document."""

    @pytest.fixture(autouse=True)
    def nothing_is_the_users_doing(self, document: Document, page: BrowserPage) -> Iterator[None]:
        yield
        assert page.document.take_user_changes() == []


def test_what_the_user_has_typed_stays(document: Document, page: BrowserPage) -> None:
    cell = document.insert("a = 1")
    page.wait_for(lambda: in_page(page.sidebar))
    page.sidebar.page.evaluate(_TYPE, [cell.id, "a = 'mine'"])
    with pytest.raises(CellChangedError) as caught:
        document.replace(cell.id, "a = 2", seen=cell.hash)
    assert caught.value.current == "a = 'mine'" == document.cell(cell.id).source
    (line,) = page.document.take_user_changes()
    assert line.startswith(f"The user edited cell {cell.id}")
