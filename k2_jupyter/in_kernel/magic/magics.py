"""`%%k2` asks the agent, `%k2` says something about it.

Loaded by ``%load_ext k2_jupyter``. The agent itself is never in this process: the first
request starts one of its own for it.
"""

from __future__ import annotations

import atexit
import threading
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from traitlets import Bool, Float, Integer, Unicode

from . import completion

_LOADED = "K2Magics"


def load(shell: Any) -> None:
    """Make the magics known to a shell; once is enough."""
    if _LOADED not in shell.magics_manager.registry:
        shell.register_magics(K2Magics)
        completion.install(shell)


@magics_class
class K2Magics(Magics):
    """Settings can only restrict what the user's own configuration allows."""

    model = Unicode("", help="Preset to use; one that the user has configured.").tag(config=True)
    plan = Bool(False, help="Only plan: no cell runs.").tag(config=True)
    max_steps = Integer(0, min=0, help="Model calls a turn may make; 0: the usual.").tag(
        config=True
    )
    max_cost = Float(0.0, min=0.0, help="US dollars a turn may cost; 0: no cap of yours.").tag(
        config=True
    )

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._conversation: Any | None = None
        self._probe = _probe(shell)

    @magic_arguments()
    @argument("--plan", action="store_true", help="Only plan: no cell runs.")
    @argument("--model", metavar="PRESET", help="A preset that you have configured.")
    @argument("--max-steps", type=int, metavar="N", help="Model calls this turn may make.")
    @argument("--max-cost", type=float, metavar="X", help="US dollars this turn may cost.")
    @argument("--again", action="store_true", help="Ask anew, although the answer is recorded.")
    @argument("words", nargs="*", help="With %%k2 in one line: a command, and what it needs.")
    @line_cell_magic
    def k2(self, line: str, cell: str | None = None) -> None:
        """Ask for an analysis in plain words; the agent plans, writes and runs cells here.

        In a cell of its own, the request below the first line::

            %%k2 --max-steps 40
            Does the remote ratio affect the salary in {df}?

        ``{df}`` is replaced by a description of the variable ``df``, never by its content.
        Interrupting the kernel stops the agent; the next ``%%k2`` goes on from there.

        In one line, a command::

            %k2 status              what the agent does or did last
            %k2 plan                the plan of the last turn
            %k2 cost                tokens and money so far
            %k2 model               which model answers, and where
            %k2 fix                 repair the last error
            %k2 explain             explain the last cell
            %k2 undo                take the last turn's variables back
            %k2 resume              go on after a restart of the kernel
            %k2 save FILE.ipynb     the last turn as a notebook
            %k2 export FILE.html    the last turn as a report
            %k2 help                more about all of this

        Options can only restrict what your own configuration allows. ``%config K2Magics``
        shows and sets their defaults for this kernel.
        """
        said = parse_argstring(self.k2, line)
        conversation = self._talk()
        if conversation.busy:
            raise UsageError("%%k2 can't be used inside code that K2 runs.")
        if threading.current_thread() is not threading.main_thread():
            raise UsageError("%%k2 needs the kernel's main thread.")
        if cell is None:
            self._command(conversation, said, *(said.words or ["status"]))
            return
        if said.words or not cell.strip():
            raise UsageError("The request stands below the line that begins with %%k2.")
        conversation.ask(cell.strip(), self._options(said))

    def _command(self, conversation: Any, said: Any, name: str, *words: str) -> None:
        if name in completion.OF_AGENT:
            conversation.command(name, list(words))
        elif name not in completion.OF_KERNEL:
            known = ", ".join(completion.COMMANDS)
            raise UsageError(f"%k2 {name}: the commands are {known}.")
        elif name == "undo":
            conversation.undo()
        else:
            conversation.ask_about(name, self._options(said))

    def _options(self, said: Any) -> dict[str, Any]:
        return {
            "plan": bool(said.plan or self.plan),
            "model": said.model or self.model,
            "max_steps": _least(said.max_steps, self.max_steps, "--max-steps"),
            "max_cost": _least(said.max_cost, self.max_cost, "--max-cost"),
            "again": bool(said.again),
        }

    def _talk(self) -> Any:
        if self._conversation is None:
            from .conversation import Conversation

            self._conversation = Conversation(self.shell, self._probe)
            atexit.register(self._conversation.close)
        return self._conversation


def _probe(shell: Any) -> Any | None:
    """Asks the front end for widgets, where somebody sits at one."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    from . import ipykernel_names, widgets

    return widgets.Probe() if ipykernel_names.accepts_input(kernel) else None


def _least(said: float | None, default: float, option: str) -> float:
    """The stricter of the two; 0 where neither is set."""
    if said is not None and not said > 0:
        raise UsageError(f"{option} must be more than 0.")
    limits = [limit for limit in (said, default) if limit]
    return min(limits) if limits else 0
