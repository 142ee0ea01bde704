"""The agent starts wherever its packages are installed, and takes none of the folder's."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import k2_jupyter

PACKAGES = [str(Path(k2_jupyter.__file__).parents[1]), sysconfig.get_path("purelib")]
PING = """
import os
from k2_jupyter.in_kernel.magic.child import Child
os.chdir({folder!r})
os.environ["PYTHONPATH"] = os.environ["PYTHONUSERBASE"] = os.getcwd()
child = Child()
child.pipe.send("ping")
print(child.pipe.receive()["op"])
child.end()
"""
SHADOWS = ["k2_jupyter", "openai", "runpy", "sitecustomize", "usercustomize"]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """The folder in which the kernel works: any of its modules ends who imports it."""
    folder = tmp_path / "work"
    for name in SHADOWS:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("import os\nos._exit(3)\n")
    return folder


def ping(folder: Path, base: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What comes back, where nothing is installed but for the user or by `environment`."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "XDG_STATE_HOME")}
    return subprocess.run(
        [getattr(sys, "_base_executable", sys.executable), "-c", PING.format(folder=str(folder))],
        env={**kept, "PYTHONUSERBASE": str(base), **environment},
        cwd=base,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def user_site(base: Path) -> Path:
    folder = Path(sysconfig.get_path("purelib", f"{os.name}_user", {"userbase": str(base)}))
    folder.mkdir(parents=True)
    return folder


def test_packages_of_the_user_alone(hostile: Path, tmp_path: Path) -> None:
    (user_site(tmp_path) / "installed.pth").write_text("\n".join(PACKAGES))
    done = ping(hostile, tmp_path)
    assert done.stdout == "pong\n", done.stderr


def test_packages_found_by_pythonpath(hostile: Path, tmp_path: Path) -> None:
    done = ping(hostile, tmp_path, PYTHONPATH=os.pathsep.join(["", ".", *PACKAGES]))
    assert done.stdout == "pong\n", done.stderr


def test_packages_of_the_folder_are_none(hostile: Path, tmp_path: Path) -> None:
    """They may be imported by the kernel, by way of ``PYTHONPATH``; not by the agent."""
    inside = hostile / "packages"
    inside.mkdir()
    for path in PACKAGES:
        for entry in Path(path).iterdir():
            if not (inside / entry.name).exists():
                (inside / entry.name).symlink_to(entry)
    done = ping(hostile, tmp_path, PYTHONPATH=str(inside))
    assert "PipeClosed" in done.stderr, done.stdout
