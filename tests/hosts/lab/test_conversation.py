"""A conversation whose notebook is given another kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.adapters.server_kernel import SharedKernel
from k2_jupyter.hosts.lab.conversation import Conversation
from k2_jupyter.hosts.lab.event_log import EventLog
from k2_jupyter.hosts.lab.requests import Requests
from k2_jupyter.hosts.lab.rules import Rules
from k2_jupyter.hosts.lab.scene import KernelSpec, Scene

SPEC = KernelSpec("Python 3", "python")
UNUSED = cast("Any", None)


class Told:
    """A kernel, as far as it says what becomes of it."""

    epoch = 0

    def watch(self, changed: Callable[[str, int], None]) -> None:
        self.say = changed


class Log(EventLog):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: list[Any] = []

    def add(self, event: Any) -> None:
        super().add(event)
        self.statuses.append(event["status"])


def test_the_end_of_the_kernel_before_is_no_news(tmp_path: Path) -> None:
    """It comes when the server has ended it, which may be later than the new one's start."""
    first, second, log = Told(), Told(), Log()
    before, after = cast("SharedKernel", first), cast("SharedKernel", second)
    scene = Scene(
        *(tmp_path, tmp_path / "n.ipynb", "k1", before, SPEC, PageDocument(), log, Requests(log)),
        *(UNUSED, Rules(), UNUSED, []),
    )
    conversation = Conversation(scene, str, UNUSED)
    first.say("restarted", 1)
    conversation.moved("k2", after, SPEC)
    first.say("died", 2)
    second.say("died", 1)
    assert log.statuses == ["restarted", "started", "died"]
