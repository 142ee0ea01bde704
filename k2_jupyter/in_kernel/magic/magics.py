"""`%%k2` asks the agent, `%k2` says something about it.

Loaded by ``%load_ext k2_jupyter``. The agent itself is never in this process: the first
request starts one of its own for it.
"""

from __future__ import annotations

import atexit
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from traitlets import Bool, Float, Integer, Unicode

COMMANDS = ("status", "plan", "cost", "model", "save", "export", "help")


@magics_class
class K2Magics(Magics):
    """Settings can only restrict what the user's own configuration allows."""

    model = Unicode("", help="Preset to use; one that the user has configured.").tag(config=True)
    plan = Bool(False, help="Only plan: no cell runs.").tag(config=True)
    max_steps = Integer(0, help="Model calls a turn may make; 0 for the usual.").tag(config=True)
    max_cost = Float(0.0, help="US dollars a turn may cost; 0 for no cap.").tag(config=True)

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._conversation: Any | None = None

    @magic_arguments()
    @argument("--plan", action="store_true", help="Only plan: no cell runs.")
    @argument("--model", metavar="PRESET", help="A preset that you have configured.")
    @argument("--max-steps", type=int, metavar="N", help="Model calls this turn may make.")
    @argument("--again", action="store_true", help="Ask anew, although the answer is recorded.")
    @argument("words", nargs="*", help="With %%k2 in one line: " + ", ".join(COMMANDS) + ".")
    @line_cell_magic
    def k2(self, line: str, cell: str | None = None) -> None:
        """Ask for an analysis in plain words; the agent plans, writes and runs cells here.

        ``%%k2`` at the top of a cell, the request below it. ``%k2 help`` lists commands.
        """
        said = parse_argstring(self.k2, line)
        conversation = self._talk()
        if conversation.busy:
            raise UsageError("%%k2 can't be used inside code that K2 runs.")
        if cell is None:
            words: list[str] = said.words or ["status"]
            if words[0] not in COMMANDS:
                raise UsageError(f"%k2 {words[0]}: the commands are {', '.join(COMMANDS)}.")
            conversation.command(words[0], words[1:])
            return
        if said.words or not cell.strip():
            raise UsageError("The request stands below the line that begins with %%k2.")
        conversation.ask(cell.strip(), self._options(said))

    def _options(self, said: Any) -> dict[str, Any]:
        steps = [number for number in (said.max_steps, self.max_steps) if number]
        return {
            "plan": bool(said.plan or self.plan),
            "model": said.model or self.model,
            "max_steps": min(steps) if steps else 0,
            "again": bool(said.again),
        }

    def _talk(self) -> Any:
        if self._conversation is None:
            from .conversation import Conversation

            self._conversation = Conversation(self.shell)
            atexit.register(self._conversation.close)
        return self._conversation
