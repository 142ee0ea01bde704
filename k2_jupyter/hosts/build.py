"""The only place that wires an agent together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.limits import Limits
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.tools.add_markdown import AddMarkdown
from k2_jupyter.tools.ask_user import AskUser
from k2_jupyter.tools.base import Tool, Toolset
from k2_jupyter.tools.delete_cell import DeleteCell
from k2_jupyter.tools.edit_cell import EditCell
from k2_jupyter.tools.finish import Finish
from k2_jupyter.tools.gate import Gate
from k2_jupyter.tools.inspect_variables import InspectVariables
from k2_jupyter.tools.read_notebook import ReadNotebook
from k2_jupyter.tools.read_output import ReadOutput
from k2_jupyter.tools.restart_kernel import RestartKernel
from k2_jupyter.tools.run_cell import RunCell, reader
from k2_jupyter.tools.set_plan import Plan, SetPlan
from k2_jupyter.tools.triage import Triage


def build_agent(
    model: Model,
    notebook: Notebook,
    *,
    limits: Limits,
    redact: Callable[[str], str],
    allowed: Collection[str] = (),
    protected: Sequence[str] = (),
    private: Sequence[str] = (),
    plan_only: bool = False,
) -> Agent:
    """An agent for one conversation about one notebook.

    `allowed` are the risk kinds that need no approval, `protected` the user's files that a
    cell may not overwrite without one, `private` our own folders, which no cell may name
    without one. With `plan_only` there is no tool that runs or
    changes anything.
    """
    plan = Plan()
    finish = Finish(notebook, model=model.name)
    tools: list[Tool] = [SetPlan(plan), ReadNotebook(notebook), AskUser(), finish]
    if not plan_only:
        gate = Gate(Triage(transform, protected=protected, private=private), allowed=allowed)
        read = reader(vision=model.profile.vision)
        tools += [
            RunCell(notebook, plan, gate, read),
            EditCell(notebook, plan, gate, read),
            DeleteCell(notebook),
            AddMarkdown(notebook, plan),
            ReadOutput(notebook),
            InspectVariables(notebook),
            RestartKernel(notebook, gate),
        ]
    return Agent(model, Toolset(tools, closing=finish, redact=redact), limits=limits)
