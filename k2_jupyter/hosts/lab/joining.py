"""A `%%k2` of this notebook joins in: its turn is one of the conversation's.

The page has said that its user runs such a cell; the kernel says what else the agent should
know. What the kernel says is data: it can restrict the turn, and spend no more than a request
in the panel could.

Over 250 lines: the claim, its record and its end look at the same few facts.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from k2_jupyter.adapters.kernel_control import KernelControl
from k2_jupyter.adapters.kernel_messages import Redactor
from k2_jupyter.adapters.kernel_report import lines_in, texts_in
from k2_jupyter.adapters.runner_kernel import RunnerKernel
from k2_jupyter.adapters.shared_look import Late
from k2_jupyter.errors import KernelError
from k2_jupyter.events import Notice, TurnFinished, TurnStarted
from k2_jupyter.hosts.discreet import discreet
from k2_jupyter.hosts.lab import joined_card
from k2_jupyter.hosts.lab.event_log import Page
from k2_jupyter.hosts.lab.scene import HOST, Scene
from k2_jupyter.hosts.lab.wire import Ask, Message
from k2_jupyter.hosts.request_key import request_key
from k2_jupyter.in_kernel.magic.requests import described
from k2_jupyter.journal.recall import RecordedTurn, newest
from k2_jupyter.journal.records import encode
from k2_jupyter.messages import Json, Usage
from k2_jupyter.notebook.base import Cell, Kernel
from k2_jupyter.notebook.text import valid_unicode
from k2_jupyter.outputs import Display
from k2_jupyter.settings import state_folder

_REQUEST = re.compile(r"\s*%%k2\b[^\n]*\n(.*)", re.DOTALL)
_KERNELS = "magic"
"""By which the journals of the kernel's own process are found."""
_MOST_VARIABLES = 100
_HIGHEST = 1_000_000
"""Of a limit, as in a request of the panel."""
_CONNECT_SECONDS = 1.0


def request_of(code: str) -> str | None:
    """What a cell asks that begins with ``%%k2``; None where it is no such cell."""
    found = _REQUEST.match(code)
    return (found[1].strip() or None) if found else None


def join(scene: Scene, page: Page, message: Message) -> Joined | None:
    """Claim the turn that a page has seen; None where the kernel has moved on, or another asks.

    `message` is the ``claim`` of that page. Waits for the kernel, so not on the loop's thread.
    """
    request = request_of(message["code"])
    before = _before(scene.document.cells(), message["cell"])
    try:
        process = scene.kernel.process(Late(_CONNECT_SECONDS))
    except KernelError:
        return None
    if request is None or before is None or process is None:
        return None
    if not isinstance(process.connection, Mapping):  # behind a gateway
        return None
    if _is_the_kernels(scene, request, before, message["code"]):
        return None
    control = KernelControl(process.connection, process, message["turn"], message["run"])
    if not control.claim():
        control.close()
        return None
    scene.kept.news.extend(lines_in(control.known.get("undone"), None))
    return Joined(scene, page, control, message, request, before)


def _is_the_kernels(scene: Scene, request: str, before: Sequence[str], code: str) -> bool:
    """Whether there is a record whose cells do not stand here: only the kernel's end replays it.

    What options say is known for sure when the turn is claimed; a claim can't be given back.
    """
    if code.strip().partition("\n")[0].strip() != "%%k2":
        return False
    key = request_key(request, before, plan=False, model="")
    if (record := _newest(scene, key, HOST)) is not None:
        return not _stands_here(scene, record)
    return _newest(scene, key, _KERNELS) is not None


def _newest(scene: Scene, key: str, host: str) -> RecordedTurn | None:
    folder = str(scene.notebook.parent)
    try:
        return newest(state_folder(), host=host, key=key, folder=folder)
    except OSError:  # a turn will say what is wrong with the folder
        return None


def _stands_here(scene: Scene, record: RecordedTurn) -> bool:
    made = {one.id for one in record.cells.values() if one.ok}
    return not made or not made.isdisjoint(cell.id for cell in scene.document.cells())


def _before(cells: Sequence[Cell], cell_id: str) -> list[str] | None:
    """The requests above a cell; None where the notebook has no such cell."""
    found: list[str] = []
    for cell in cells:
        if cell.id == cell_id:
            return found
        request = request_of(cell.source) if cell.kind == "code" else None
        found += [request] if request else []
    return None


@dataclass(frozen=True, slots=True)
class _Options:
    """Of the magic; what is not what it should be is left out."""

    plan: bool
    model: str
    caps: Mapping[str, float]
    again: bool

    @classmethod
    def of(cls, said: Any) -> _Options:
        options = said if isinstance(said, dict) else {}
        model = options.get("model")
        steps, dollars = _positive(options.get("max_steps")), _positive(options.get("max_cost"))
        caps = {"steps": steps and int(steps), "dollars": dollars}
        return cls(
            options.get("plan") is True,
            valid_unicode(model) if isinstance(model, str) else "",
            {name: limit for name, limit in caps.items() if limit},
            options.get("again") is True,
        )


class Joined:
    """One magic that waits; whoever has it must `end` it."""

    def __init__(
        self,
        scene: Scene,
        page: Page,
        control: KernelControl,
        message: Message,
        request: str,
        before: Sequence[str],
    ) -> None:
        self._scene = scene
        self._page = page
        """The one that shows the magic by itself; a page that comes does so as it is told."""
        self._control = control
        self._cell: str = message["cell"]
        self._shown: dict[str, Json] = {}
        options = _Options.of(control.known.get("options"))
        self._names: Mapping[str, str] = texts_in(control.known.get("names"), None)
        self.key = request_key(request, before, plan=options.plan, model=options.model)
        """What the journal finds this request by."""
        self.asked = Ask(
            uuid.uuid4().hex,
            request,
            self._cell,
            (),
            "plan" if options.plan else "ask",
            options.model or message["model"],
            _lowest(message["caps"], options.caps),
            message["images"],
        )
        self.record = None if options.again else self._recorded()
        """Of this very request, if its cells stand in the notebook: Run All runs them."""

    @property
    def told(self) -> str:
        """The request as the model gets it: each ``{name}`` of a variable with its line."""
        return described(self.asked.request, self._names)

    def variables(self, redactor: Redactor) -> Mapping[str, str]:
        """Name → a line."""
        shown = dict(list(self._names.items())[:_MOST_VARIABLES])
        return texts_in(shown, redactor)

    def tables(self) -> Sequence[Any]:
        """What the kernel says of variables that hold a table, unchecked."""
        tables = self._control.known.get("data")
        return tables[:_MOST_VARIABLES] if isinstance(tables, list) else ()

    def _recorded(self) -> RecordedTurn | None:
        found = _newest(self._scene, self.key, HOST)
        return found if found is not None and _stands_here(self._scene, found) else None

    def port(self, redactor: Redactor, spool_dir: Path) -> Kernel:
        """The kernel for the turn: its runs are steps of the waiting magic."""
        self._control.announce = self._scene.document.mirror
        return RunnerKernel(
            self._control,
            self._control.inbox,
            redactor=redactor,
            spool_dir=spool_dir,
            under_way=partial(setattr, self._scene.kernel, "execution"),
        )

    def begin(self, model: str, stop: Any) -> None:
        """Show that the turn runs; `stop` is called when the user interrupts the magic."""
        self._control.over = stop
        self._show(joined_card.begun(model))

    async def end(self, finished: TurnFinished) -> None:
        """Show the end, and let the magic return."""
        await asyncio.to_thread(self._end, finished, joined_card.spent(finished))

    async def replay(self) -> None:
        """Show what is recorded; nothing is asked of a model, and nothing runs."""
        if (record := self.record) is None or record.finished is None:
            return
        asked, finished = self.asked, record.finished
        told = {"id": asked.id, "request": asked.request, "attached": [], "mode": asked.mode}
        self._scene.say({"type": "Asked", **told, "model": record.model})
        for event in (
            TurnStarted(record.turn, record.task, record.model),
            Notice(joined_card.REPLAYED),
            replace(finished, usage=Usage(), steps=0, calls=0, seconds=0.0),
        ):
            self._scene.say(encode(event))
        recorded = joined_card.RECORDED.format(record.started.astimezone())
        await asyncio.to_thread(self._end, finished, recorded)

    def _end(self, finished: TurnFinished, facts: str) -> None:
        self._show(joined_card.ended(finished, facts))
        text = self._scene.redactor(None).text(discreet(finished.detail))
        self._control.end(finished.reason, text or f"The turn ended: {finished.reason}.")
        if not self._scene.document.has(self._page):
            shown = (Display(self._shown),)
            self._scene.document.set_outputs(self._cell, shown, None)

    def mirrored(self) -> dict[str, Json]:
        """What a page is told that comes while the magic waits: its cell shows that run."""
        shown: dict[str, Json] = {
            "output_type": "display_data",
            "data": self._shown,
            "metadata": {},
            "transient": {"display_id": str(self._control.known.get("card"))},
        }
        run: dict[str, Json] = {"cell": self._cell, "run": self._control.magic}
        return {"op": "do", "what": "mirror", **run, "outputs": [shown], "skip": [], "count": None}

    def _show(self, card: Mapping[str, Json]) -> None:
        redacted = self._scene.redactor(None).json(card)
        assert isinstance(redacted, dict)  # noqa: S101  it was one
        self._shown = redacted
        self._control.show(redacted)


def _positive(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and 0 < value <= _HIGHEST else None


def _lowest(*caps: Mapping[str, float]) -> dict[str, float]:
    names = {name for one in caps for name in one}
    return {name: min(one[name] for one in caps if name in one) for name in names}
