"""`k2 run`: one turn of one agent in an own kernel, shown in the terminal, left in files."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.adapters.file_document import FileDocument
from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.adapters.kernel_spec import check_kernel
from k2_jupyter.errors import DocumentError, KernelError, SettingsError
from k2_jupyter.events import TurnFinished
from k2_jupyter.hosts.build import Policy, build_agent
from k2_jupyter.hosts.caps import caps, day
from k2_jupyter.hosts.cli.drive import Driven, drive
from k2_jupyter.hosts.cli.files import NOTEBOOK, alone_in, drop_if_empty, files_in, output_folder
from k2_jupyter.hosts.cli.leave import Paths, Provenance, leave
from k2_jupyter.hosts.cli.signals import stopping
from k2_jupyter.hosts.cli.verify import AfterTurn, refusal
from k2_jupyter.hosts.cli.view import TerminalView
from k2_jupyter.hosts.data.files import DataFile, inspect
from k2_jupyter.hosts.data.told import begun, whole
from k2_jupyter.hosts.rerunning import Rerun
from k2_jupyter.hosts.scratch import standing_in
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.models.base import Model
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.rerun import Verification
from k2_jupyter.settings import Settings, config_folder, state_folder, take_keys
from k2_jupyter.tools.triage import RiskKind, Triage

if TYPE_CHECKING:
    from rich.console import Console

EXIT = {"done": 0, "cannot": 3, "failed": 70, "limit": 74, "model": 75, "interrupted": 130}
UNAPPROVED = 77
DEFAULT_KERNEL = "python3"
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
    images: bool = True
    verify: bool = True


def run(options: RunOptions, console: Console) -> int:
    """Carry out the task; returns the exit code.

    Raises `K2Error` before anything runs, with nothing written.
    """
    _check_kinds(options.allow)
    settings = Settings.load(options.model, options.base_url)
    model = settings.build_model()
    source = _opened(options.notebook) if options.notebook else None
    # Says what is wrong with a file before a folder is made.
    data = [inspect(path, Path.cwd()) for path in options.data]
    if not options.plan_only:
        _check_kernel(options.kernel or DEFAULT_KERNEL)
    folder = output_folder(options.out, options.default_out, force=options.force)
    try:
        with alone_in(folder):
            turn = _Turn(options, settings, model, folder, data=data, source=source)
            return turn.run(TerminalView(console, live=console.is_terminal))
    finally:
        if options.out is None:
            drop_if_empty(folder)


class _Turn:
    """One turn in one folder."""

    def __init__(
        self,
        options: RunOptions,
        settings: Settings,
        model: Model,
        folder: Path,
        *,
        data: Sequence[DataFile],
        source: FileDocument | None,
    ) -> None:
        self.options, self.settings, self.model, self.folder = options, settings, model, folder
        self.limits = caps(settings, steps=options.max_steps, seconds=options.max_seconds)
        self.data = [file.seen_from(folder) for file in data]
        # Never from the notebook: it may be anybody's.
        self.kernel_name = options.kernel or DEFAULT_KERNEL
        self.document = FileDocument(folder / NOTEBOOK, kernel_name=self.kernel_name)
        if source is not None:
            self.document = source.save_as(folder / NOTEBOOK, kernel_name=self.kernel_name)
        self.redactor = Redactor(self._secrets())
        self.task = self.redactor.text(options.task)

    def run(self, view: TerminalView) -> int:
        """The turn and what it leaves behind; returns the exit code."""
        name = uuid.uuid4().hex[:16]
        with (
            Journal.create(
                state_folder(), name, self.redactor, notebook=self.document.path
            ) as journal,
            ClientKernel(
                self.kernel_name,
                self.folder,
                kernel_environment(os.environ),
                redactor=self.redactor,
                spool_dir=journal.folder,
            ) as kernel,
        ):
            if not self.options.plan_only:
                kernel.start()
            driven, again, paths = self._play(kernel, journal, view)
        view.finish(driven.finished, paths.shown())
        if again is not None:
            view.verified(again)
        if paths.problem:
            view.note(paths.problem)
        reason = driven.finished.reason
        if reason == "done" and again is not None and again.interrupted:
            reason = "interrupted"
        if driven.unapproved and reason in ("done", "cannot"):
            return UNAPPROVED
        return EXIT["failed" if paths.problem and reason == "done" else reason]

    def _play(
        self, kernel: ClientKernel, journal: Journal, view: TerminalView
    ) -> tuple[Driven, Verification | None, Paths]:
        started = datetime.now(UTC)
        standing = standing_in(self.folder)
        stop = threading.Event()
        policy = self._policy()
        agent = build_agent(
            self.model,
            Notebook(self.document, kernel),
            limits=self.limits,
            day=day(self.settings),
            redact=self.redactor.text,
            policy=policy,
        )
        briefing = self.redactor.text(self._briefing())
        events = agent.run(self.task, stop, briefing=briefing, turn=journal.folder.name)
        with view, stopping(stop, lambda: view.asking):
            for note in self.settings.notes:
                view.note(note)
            driven = drive(recorded(events, journal), view, stop)
            provenance = Provenance(
                self.task, self.model.name, started, self.data, kernel.versions(stop)
            )
            kernel.shutdown()  # its memory may be needed for the next
            again = self._again(driven.finished, policy, standing).of(
                self.document, stop, view.progress
            )
            return driven, again, leave(self.document, provenance, again)

    def _again(
        self, finished: TurnFinished, policy: Policy, standing: Collection[str]
    ) -> AfterTurn:
        """How the notebook is run again: as if the turn had never been."""
        triage = Triage(transform, protected=policy.protected, private=policy.private)
        rerun = Rerun(
            self.folder,
            self.kernel_name,
            self.limits.seconds - finished.seconds,
            self.redactor,
            refuse=refusal(triage, self.options.allow),
            only=standing,
        )
        return AfterTurn(rerun, finished.reason, wanted=self.options.verify)

    def _policy(self) -> Policy:
        # What stood in the folder before is not ours to overwrite, unless so ordered.
        others = [] if self.options.force else files_in(self.folder)
        return Policy(
            allowed=self.options.allow,
            protected=[*(file.path for file in self.data), *others],
            private=[str(config_folder()), str(state_folder())],
            plan_only=self.options.plan_only,
            images=self.options.images,
        )

    def _secrets(self) -> Iterator[str]:
        """Our keys, secret-named variables, every ``.env`` that stands beside the user's files."""
        yield from take_keys(os.environ).values()
        yield from collect_secrets(os.environ, self.folder, self.settings.key)
        named = [*self.options.data, *filter(None, [self.options.notebook])]
        for beside in {Path.cwd(), *(path.resolve().parent for path in named)}:
            yield from collect_secrets({}, beside)

    def _briefing(self) -> str:
        count = len(self.document.cells())
        cells = f"Notebook: {count} cells." + (f" {NEW_KERNEL}" if count else "")
        return whole([*begun(self.data), cells])


def _opened(path: Path) -> FileDocument:
    try:
        return FileDocument.open(path)
    except DocumentError as problem:
        raise SettingsError(str(problem)) from None


def _check_kernel(name: str) -> None:
    """Before the model is asked for anything: a call may cost money."""
    try:
        check_kernel(name)
    except KernelError as problem:
        raise SettingsError(str(problem)) from None


def _check_kinds(allowed: Sequence[str]) -> None:
    kinds = get_args(RiskKind)
    for kind in allowed:
        if kind not in kinds:
            raise SettingsError(f"--allow {kind}: no such kind. The kinds are: {', '.join(kinds)}.")
