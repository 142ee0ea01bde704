"""The kernel's end of a conversation: its turns, and who serves each. Standard library, IPython.

A page of JupyterLab may claim a turn within two seconds, then the Jupyter server drives it
over the control channel; in all other places the agent's own process does, over a pipe.
There are never two: whoever comes late is refused.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from .. import table_variables
from ..figures import record
from ..undo import Undo
from ..values import variables
from . import reports, requests, surroundings
from .agent_feed import AgentFeed
from .completion import OF_TURN
from .ends import TurnFailed, TurnInterrupted
from .pipe import Message
from .runner import LEASE_SECONDS, DriverLost, Runner
from .runs import Outcome, Runs
from .server_feed import ANNOUNCED, ServerFeed
from .widgets import Probe

_IN_PANEL = (
    "The last turn is in the K2 panel, which has its plan, its cost and what can be done about "
    "it; its cells stand in the notebook."
)


class Conversation:
    """The turns of one kernel."""

    def __init__(self, shell: Any, probe: Probe | None) -> None:
        self._shell = shell
        self._place = surroundings.of(shell)
        self._runner = Runner(self._step)
        self._undo = Undo(shell.user_ns)
        runs = Runs(shell)
        self._agent = AgentFeed(shell, self._place, self._runner, runs, probe)
        self._server: ServerFeed | None = None
        if hasattr(shell, "kernel"):
            self._server = ServerFeed(shell, self._place, self._runner, runs)
        self._feed: AgentFeed | ServerFeed = self._agent
        self._requests: dict[str, str] = {}
        self._undone: list[str] = []
        """What was taken back of a turn that a server drove: the next announcement says it."""
        variables.install()
        record.install()

    @property
    def busy(self) -> bool:
        """Whether a turn is under way: code of its own must not begin another."""
        return self._runner.turn is not None

    def ask(self, request: str, options: dict[str, Any], *, claimable: bool = True) -> None:
        """One turn, to its end. Raises `TurnFailed` and `TurnInterrupted`.

        Only what the user wrote in a cell of its own is `claimable` by a page.
        """
        before = self._before(self._place.cell() or request, request)
        claimable = claimable and self._place.has_server()
        self._turn(lambda: self._served(request, options, before, claimable))

    def ask_about(self, name: str, options: dict[str, Any]) -> None:
        """``fix`` the last error or ``explain`` the last cell: a turn like any other."""
        cells = self._shell.history_manager.input_hist_raw
        try:
            request = {"fix": requests.fix, "explain": requests.explain}[name](cells)
        except requests.NothingToSay as nothing:
            self._say([str(nothing)])
            return
        self.ask(request, options, claimable=False)

    def undo(self) -> None:
        """Take the names of the last turn back, and say what could not be."""
        driver, lines = self._feed, self._undo.undo()
        self._say(lines)
        if driver is self._agent:
            self._agent.undone(lines)
        else:
            self._undone = lines

    def command(self, name: str, words: list[str]) -> None:
        """What the agent's process says to ``%k2 NAME …``."""
        if name in OF_TURN and self._feed is not self._agent:
            self._say([_IN_PANEL])
        elif name == "resume":
            self._feed = self._agent
            self._turn(lambda: self._commanded(name, words))
        else:
            _raise_for(self._commanded(name, words))

    def close(self) -> None:
        """End the agent's process."""
        self._agent.close()

    def _before(self, key: str, request: str) -> list[str]:
        """The requests before this one, in the notebook's order as far as it is known.

        A cell that runs again keeps its place; front ends that name no cells are known by
        the request's own words.
        """
        keys = list(self._requests)
        place = keys.index(key) if key in self._requests else len(keys)
        self._requests[key] = request
        return [self._requests[one] for one in keys[:place]]

    def _turn(self, serve: Callable[[], Message]) -> None:
        """What can be undone as a whole."""
        self._undo.begin()
        try:
            _raise_for(serve())
        except DriverLost as problem:
            raise TurnFailed(str(problem)) from None
        except KeyboardInterrupt:
            raise TurnInterrupted from None
        finally:
            self._undo.end()

    def _served(
        self, request: str, options: dict[str, Any], before: list[str], claimable: bool
    ) -> Message:
        """By a page's server that claims the turn, or else by the agent's own process."""
        card = ""
        if self._server is not None and claimable:
            with self._runner.open(claimed=False) as turn:
                shown = {ANNOUNCED: {"turn": turn}, "text/plain": "K2 ·"}
                card = self._place.show(shown, update=True)
                if self._runner.claimed():
                    self._feed = self._server
                    known = {**self._known(request), "options": options, "undone": self._undone}
                    self._undone = []
                    self._server.begin(card, known)
                    return self._runner.drive(self._server.other, lease=LEASE_SECONDS)
        self._feed = self._agent
        return self._agent.ask(
            "turn",
            card,
            request=request,
            options={**options, **self._place.facts()},
            before=before,
            **self._known(request),
        )

    def _known(self, request: str) -> dict[str, Any]:
        """What the agent is told of the variables."""
        return {
            "names": {**requests.named(request, self._shell.user_ns), **reports.lines()},
            "data": table_variables.tables(self._shell.user_ns),
        }

    def _commanded(self, name: str, words: list[str]) -> Message:
        facts = self._place.facts()
        return self._agent.ask("command", "", name=name, words=words, options=facts)

    def _step(self, message: Message) -> Outcome:
        outcome = self._feed.step(message)
        self._undo.told(outcome.get("report", {}).get("changed", ()))
        return outcome

    def _say(self, lines: list[str]) -> None:
        text = "\n".join(lines)
        shown = f"<div style='white-space:pre-wrap'>{html.escape(text)}</div>"
        self._place.show({"text/html": shown, "text/plain": text})


def _raise_for(end: Message) -> None:
    if end.get("status") == "interrupted":
        raise TurnInterrupted
    if end.get("status") not in ("done", "cannot"):
        raise TurnFailed(str(end.get("text") or "The turn failed."))
