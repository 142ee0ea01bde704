"""`k2 demo`: the main job on real data, with no key and no network."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.cli.files import output_folder

if TYPE_CHECKING:
    from rich.console import Console

TASK = (
    "Examine global salary trends for remote and on-site workers from 2020 to 2025: clean the "
    "data, test with ANOVA whether the remote ratio affects salary and whether the effect "
    "differs by experience level, show violin plots and bar charts, and build an interactive "
    "HTML dashboard"
)
DATA = "ds_salaries_2020_2025.csv"


def demo(out: Path | None, console: Console, *, force: bool) -> int:
    """Run the demo in a folder of its own; returns the exit code of `run`."""
    from k2_jupyter.hosts.cli.run import RunOptions, run

    folder = output_folder(out, "k2-demo", force=force)
    try:
        for name in (DATA, "SOURCE.md"):
            _place(_data() / name, folder / name, force=force)
    except OSError as problem:
        raise SettingsError(f"The demo's data can't be put into {folder}: {problem}.") from None
    console.print(f"{TASK}\n", markup=False, style="bold")
    return run(
        RunOptions(TASK, data=[folder / DATA], out=folder, model="offline", force=force), console
    )


def _place(source: Path, target: Path, *, force: bool) -> None:
    if target.exists() and not force and target.read_bytes() != source.read_bytes():
        raise SettingsError(f"{target} is another file: choose another --out.")
    shutil.copyfile(source, target)


def _data() -> Path:
    """In the wheel beside this file; in a checkout with the examples."""
    installed = Path(__file__).parent / "demo_data"
    if installed.is_dir():
        return installed
    return Path(__file__).parents[3] / "example_notebooks" / "data"
