"""The only place that wires an agent together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.agent.agent import Agent
from k2_jupyter.agent.limits import Day, Limits
from k2_jupyter.models.base import Model
from k2_jupyter.models.profiles import ModelProfile
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.sight import Sight
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
from k2_jupyter.tools.view_figure import ViewFigure


@dataclass(frozen=True, slots=True)
class Policy:
    """What a turn may do unasked; see `tools/gate.py`."""

    allowed: Collection[str] = ()
    """Risk kinds that need no approval."""
    protected: Sequence[str] = ()
    """The user's files, which no cell may overwrite without one."""
    private: Sequence[str] = ()
    """Our own folders, which no cell may name without one."""
    plan_only: bool = False
    """No tool that runs or changes anything."""
    task: Sequence[str] = ()
    """What the user agrees to before the first cell, and again where the kernel has lost its
    namespace; empty where the command itself says so."""
    images: bool = True
    """Whether figures may be sent as pictures to a model that can see."""


def build_agent(
    model: Model,
    notebook: Notebook,
    *,
    limits: Limits,
    day: Day | None = None,
    redact: Callable[[str], str],
    policy: Policy,
    plan: Plan | None = None,
) -> Agent:
    """An agent for one conversation about one notebook.

    `plan`: one that the host lets the user change.
    """
    plan = plan or Plan()
    to_do = None if policy.plan_only else plan
    finish = Finish(notebook, model=model.name, plan=to_do)
    room = model.profile.observation_characters
    tools: list[Tool] = [SetPlan(plan), ReadNotebook(notebook, room=4 * room), AskUser(), finish]
    if not policy.plan_only:
        triage = Triage(transform, protected=policy.protected, private=policy.private)
        gate = Gate(
            triage,
            allowed=policy.allowed,
            task=policy.task,
            epoch=lambda: notebook.kernel.epoch,
        )
        profile = model.profile
        sight = _sight(profile) if policy.images and profile.vision else None
        read = reader(sight=sight, budget=room)
        tools += [
            RunCell(notebook, plan, gate, read),
            EditCell(notebook, plan, gate, read),
            DeleteCell(notebook),
            AddMarkdown(notebook, plan),
            ReadOutput(notebook, room=room),
            ViewFigure(notebook, sight, room=room),
            InspectVariables(notebook),
            RestartKernel(notebook, gate),
        ]
    return Agent(model, Toolset(tools, closing=finish, redact=redact), limits=limits, day=day)


def _sight(profile: ModelProfile) -> Sight:
    return Sight(most_bytes=profile.image_bytes, longest_side=profile.image_side)
