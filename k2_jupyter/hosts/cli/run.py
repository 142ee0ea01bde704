"""`k2 run`: one turn of one agent in an own kernel, shown in the terminal, left in files."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.adapters.file_document import FileDocument
from k2_jupyter.agent.limits import Limits
from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.build import Policy, build_agent
from k2_jupyter.hosts.cli.data_files import DataFile, inspect
from k2_jupyter.hosts.cli.drive import Driven, drive
from k2_jupyter.hosts.cli.files import NOTEBOOK, output_folder
from k2_jupyter.hosts.cli.leave import Paths, Provenance, leave
from k2_jupyter.hosts.cli.signals import stopping
from k2_jupyter.hosts.cli.view import TerminalView
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.settings import Settings, config_folder, state_folder, take_keys
from k2_jupyter.tools.triage import RiskKind

if TYPE_CHECKING:
    from rich.console import Console

EXIT = {"done": 0, "cannot": 3, "failed": 70, "limit": 74, "model": 75, "interrupted": 130}
UNAPPROVED = 77
NEW_KERNEL = "The kernel is new: none of them has run in it. Run what you need again."


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line says; see `arguments.py`."""

    task: str
    data: Sequence[Path] = ()
    notebook: Path | None = None
    out: Path | None = None
    default_out: str = "k2-out"
    model: str | None = None
    base_url: str | None = None
    kernel: str | None = None
    max_steps: int | None = None
    max_seconds: int | None = None
    plan_only: bool = False
    allow: Sequence[str] = ()
    force: bool = False

    @property
    def limits(self) -> Limits:
        standard = Limits()
        return Limits(
            steps=self.max_steps or standard.steps, seconds=self.max_seconds or standard.seconds
        )


def run(options: RunOptions, console: Console) -> int:
    """Carry out the task; returns the exit code.

    Raises `K2Error` before anything runs, with nothing written but an empty folder.
    """
    _check_kinds(options.allow)
    settings = Settings.load(options.model, options.base_url)
    model = settings.build_model()
    source = FileDocument.open(options.notebook) if options.notebook else None
    for path in options.data:
        inspect(path, Path.cwd())  # says what is wrong with it before a folder is made
    folder = output_folder(options.out, options.default_out, force=options.force)
    data = [inspect(path, folder) for path in options.data]
    path = folder / NOTEBOOK
    kernel_name = options.kernel or "python3"  # never from the notebook: it may be anybody's
    document = source.save_as(path) if source else FileDocument(path, kernel_name=kernel_name)
    keys = take_keys(os.environ).values()
    redactor = Redactor([*collect_secrets(os.environ, folder, settings.key), *keys])
    turn = uuid.uuid4().hex[:16]
    with (
        Journal.create(state_folder(), turn, redactor, notebook=path) as journal,
        ClientKernel(
            kernel_name,
            folder,
            kernel_environment(os.environ),
            redactor=redactor,
            spool_dir=journal.folder,
        ) as kernel,
    ):
        session = _Session(options, model, Notebook(document, kernel), data, journal, redactor)
        if not options.plan_only:
            kernel.start()
        view = TerminalView(console, live=console.is_terminal)
        driven, paths = session.play(view, document, settings.notes)
    view.finish(driven.finished, paths.shown())
    if paths.problem:
        view.note(paths.problem)
    if driven.finished.reason != "done":
        return EXIT[driven.finished.reason]
    if paths.problem:
        return EXIT["failed"]
    return UNAPPROVED if driven.unapproved else EXIT["done"]


@dataclass(frozen=True, slots=True)
class _Session:
    options: RunOptions
    model: Model
    notebook: Notebook
    data: Sequence[DataFile]
    journal: Journal
    redactor: Redactor

    def play(
        self, view: TerminalView, document: FileDocument, notes: Sequence[str]
    ) -> tuple[Driven, Paths]:
        """The turn and what it leaves behind."""
        started = datetime.now(UTC)
        stop = threading.Event()
        task = self.redactor.text(self.options.task)
        agent = build_agent(
            self.model,
            self.notebook,
            limits=self.options.limits,
            redact=self.redactor.text,
            policy=Policy(
                allowed=self.options.allow,
                protected=[file.path for file in self.data],
                private=[str(config_folder()), str(state_folder())],
                plan_only=self.options.plan_only,
            ),
        )
        events = agent.run(
            task, stop, briefing=self.redactor.text(self._briefing()), turn=self.journal.folder.name
        )
        with view, stopping(stop, lambda: view.asking):
            for note in notes:
                view.note(note)
            driven = drive(recorded(events, self.journal), view, stop)
            provenance = Provenance(task, self.model.name, started, self.data)
            return driven, leave(document, driven.finished, provenance)

    def _briefing(self) -> str:
        lines = ["Working folder: the kernel's current directory. Write files there."]
        if self.data:
            lines.append(
                "Data files, one JSON object a line, paths relative to the working folder:"
            )
            lines += [file.briefing_line() for file in self.data]
        count = len(self.notebook.document.cells())
        lines.append(f"Notebook: {count} cells." + (f" {NEW_KERNEL}" if count else ""))
        return "<briefing>\n" + "\n".join(lines) + "\n</briefing>"


def _check_kinds(allowed: Sequence[str]) -> None:
    kinds = get_args(RiskKind)
    for kind in allowed:
        if kind not in kinds:
            raise SettingsError(f"--allow {kind}: no such kind. The kinds are: {', '.join(kinds)}.")
