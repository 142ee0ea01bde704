"""``%k2 NAME …``: what the kernel itself can't answer."""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from k2_jupyter import __version__
from k2_jupyter.errors import K2Error, SettingsError
from k2_jupyter.hosts.magic.asked import Place
from k2_jupyter.hosts.magic.card import ENDS
from k2_jupyter.hosts.magic.card_html import MARKS
from k2_jupyter.hosts.magic.end import End
from k2_jupyter.hosts.magic.resume import resume
from k2_jupyter.hosts.magic.turn import Turns
from k2_jupyter.models.profiles import OFFLINE

_NOTHING = "No turn yet: write a request below a line that begins with %%k2."


def command(turns: Turns, asked: str, name: str, words: Sequence[str], place: Place) -> End:
    """Carry it out, and say what came of it under the id `asked`. Raises `K2Error`."""
    if name == "resume":
        return resume(turns, place)
    teller = _TELLERS.get(name)
    if teller is None:
        raise SettingsError(f"%k2 {name}: the commands are {', '.join([*_TELLERS, 'resume'])}.")
    try:
        text = teller(turns, words, place)
    except K2Error as problem:  # the notebook keeps what is said: without its own folder
        return End("failed", str(problem).replace(f"{place.folder}/", ""))
    turns.pipe.send("said", id=asked, html=_html(text), text=text)
    return End("done")


def _status(turns: Turns, words: Sequence[str], place: Place) -> str:
    card = turns.card
    lines = [_who(turns)]
    if card is None:
        return "\n".join([*lines, _NOTHING])
    finished = card.finished
    state = ENDS[finished.reason] if finished else card.state
    lines.append(f"Last turn: {state}, {card.steps} steps, {len(card.cells)} cells run.")
    if finished and finished.detail:
        lines.append(finished.detail)
    return "\n".join([*lines, _cost(turns, words, place)])


def _plan(turns: Turns, words: Sequence[str], place: Place) -> str:
    if turns.card is None or not turns.card.plan:
        return "There is no plan." if turns.card else _NOTHING
    return "\n".join(f"{MARKS[item.state]} {item.title}" for item in turns.card.plan)


def _cost(turns: Turns, words: Sequence[str], place: Place) -> str:
    usage = turns.usage
    if not usage.input_tokens:
        return "No tokens used in this kernel."
    tokens = (
        f"{usage.input_tokens:,} tokens in ({usage.cached_tokens:,} of them cached), "
        f"{usage.output_tokens:,} out"
    )
    known = turns.settings().model.prices is not None
    return f"{tokens}: about ${turns.dollars:.4f}." if known else f"{tokens}; no prices are known."


def _model(turns: Turns, words: Sequence[str], place: Place) -> str:
    if words:
        turns.settings(words[0])  # raises for what the user has not configured
        turns.model = words[0]
    own = turns.settings().preferences
    others = ", ".join(dict.fromkeys([OFFLINE.name, *own.models]))
    return f"{_who(turns)}\n`%k2 model NAME` chooses for this kernel; configured: {others}."


def _who(turns: Turns) -> str:
    settings = turns.settings()
    if settings.endpoint is None:
        return "The offline analyst answers: rules, no language model; nothing leaves this machine."
    return f"{settings.model.name} at {settings.endpoint.host} answers."


def _save(turns: Turns, words: Sequence[str], place: Place) -> str:
    path = _file(words, place, ".ipynb", "save")
    _write(turns, path)
    names = "the last turn; variables that it found must be there before" if turns.begun else ""
    return f"Written: {path.name} ({names})."


def _export(turns: Turns, words: Sequence[str], place: Place) -> str:
    from k2_jupyter.adapters.report import export

    path = _file(words, place, ".html", "export")
    with tempfile.TemporaryDirectory() as folder:
        notebook = Path(folder) / path.with_suffix(".ipynb").name
        _write(turns, notebook)
        export(notebook, path, code="fold")
    return f"Written: {path.name} (the last turn's report, one file that needs nothing else)."


def _write(turns: Turns, path: Path) -> None:
    """The last turn's cells as a notebook, with what the report says of their origin."""
    from k2_jupyter.adapters.file_document import FileDocument

    if not turns.last_cells or turns.card is None:
        raise SettingsError("The last turn made no cells." if turns.card else _NOTHING)
    document = FileDocument(path)
    ids: dict[str, str] = {}
    for cell in turns.last_cells:
        metadata = _renamed(cell.metadata, ids)
        kept = document.insert(cell.source, kind=cell.kind, metadata=metadata)
        ids[cell.id] = kept.id
        if cell.kind == "code":
            document.set_outputs(kept.id, cell.outputs, cell.execution_count)
    card = turns.card
    document.set_metadata("k2", {"task": card.request, "model": card.model, "version": __version__})
    document.save()


def _renamed(metadata: Any, ids: Mapping[str, str]) -> Any:
    """With the file's own ids of cells, where the conclusion names some."""
    if isinstance(metadata, Mapping):
        named = {name: _renamed(value, ids) for name, value in metadata.items()}
        if isinstance(named.get("cell"), str):
            named["cell"] = ids.get(named["cell"], "")
        return named
    if isinstance(metadata, list | tuple):
        return [_renamed(value, ids) for value in metadata]
    return metadata


def _file(words: Sequence[str], place: Place, suffix: str, name: str) -> Path:
    """Where it goes; nothing that exists is overwritten."""
    said = _unquoted(words[0]) if len(words) == 1 else ""
    if not said.lower().endswith(suffix):
        raise SettingsError(f"Say where to: %k2 {name} FILE{suffix}")
    path = place.folder / os.path.expanduser(said)  # noqa: PTH111 - that of Path may raise
    try:
        exists = path.exists() or path.is_symlink()
        has_folder = path.parent.is_dir()
    except (OSError, ValueError) as problem:
        raise SettingsError(f"{said} is no name for a file: {problem}.") from None
    if exists:
        raise SettingsError(f"{said} exists: choose another name.")
    if not has_folder:
        raise SettingsError(f"There is no folder {Path(said).parent}.")
    return path


def _unquoted(word: str) -> str:
    """IPython leaves the quotes around a word that has spaces."""
    quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "'\""
    return word[1:-1] if quoted else word


def _help(turns: Turns, words: Sequence[str], place: Place) -> str:
    return files("k2_jupyter.hosts.magic").joinpath("help.md").read_text("utf-8").strip()


def _html(text: str) -> str:
    style = "font-family:var(--jp-ui-font-family,system-ui,sans-serif);white-space:pre-wrap"
    return f'<div style="{style}">{html.escape(text)}</div>'


_TELLERS: dict[str, Callable[[Turns, Sequence[str], Place], str]] = {
    "status": _status,
    "plan": _plan,
    "cost": _cost,
    "model": _model,
    "save": _save,
    "export": _export,
    "help": _help,
}
