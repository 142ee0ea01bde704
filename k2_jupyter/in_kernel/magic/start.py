"""How the agent's process is started: isolated, with what is installed for this interpreter.

``-I`` keeps the notebook's folder and what its cells have set out, and with them two places
where packages may be installed: the user's own (``pip install --user``) and those of
``PYTHONPATH``. These come back here, as they were when the kernel started.
"""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

_BEGIN = """\
import runpy, site, sys
for folder in sys.argv[1:]:
    site.addsitedir(folder)
site.main()
runpy.run_module("k2_jupyter.hosts.magic", run_name="__main__")
"""
_PACKAGES = Path(__file__).parents[3]
"""The folder from which this package was imported."""


def command(began_with: Mapping[str, str]) -> list[str]:
    """For a kernel that was started with this environment.

    ``-S`` leaves the order to us: the user's own packages go before those of all users, as
    in any other process of this interpreter.
    """
    folders = [*_of_pythonpath(began_with.get("PYTHONPATH", "")), *_of_user()]
    return [sys.executable, "-I", "-S", "-c", _BEGIN, *map(str, folders)]


def _of_user() -> Iterator[Path]:
    """Not in most virtual environments."""
    if site.ENABLE_USER_SITE and _is_apart(folder := Path(site.getusersitepackages())):
        yield folder


def _of_pythonpath(entries: str) -> list[Path]:
    """Only where this package itself is found by it, so that it must be meant."""
    folders = [Path(entry) for entry in entries.split(os.pathsep) if os.path.isabs(entry)]  # noqa: PTH117 - light
    apart = [folder for folder in folders if _is_apart(folder)]
    return apart if any(_same(folder, _PACKAGES) for folder in apart) else []


def _is_apart(folder: Path) -> bool:
    """Whether it is neither the folder in which the kernel works nor inside it."""
    return not folder.resolve().is_relative_to(Path.cwd().resolve())


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
