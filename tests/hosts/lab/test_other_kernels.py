"""Kernels that are not like ours: without our package, and of another language."""

from __future__ import annotations

import json
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.hosts.lab.panel import Lab
from tests.hosts.lab.script import call, finish, observed, run, script, told
from tests.loopback import Server

DRAWS = """
import matplotlib.pyplot as plt
heights = [1, 5, 3]
figure, axes = plt.subplots()
axes.bar(["a", "b", "c"], heights)
axes.set_title("Three bars")
plt.show()
"""


def install(lab: Lab, name: str, language: str, python: str, module: str) -> str:
    """Make a kernel spec of the server's user; its name."""
    folder = Path(lab.environment["JUPYTER_DATA_DIR"]) / "kernels" / name
    folder.mkdir(parents=True)
    argv = [python, "-m", module, "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": name.capitalize(), "language": language}
    (folder / "kernel.json").write_text(json.dumps(spec))
    return name


@pytest.fixture(scope="module")
def plain(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python with what this one has but for our package."""
    folder = tmp_path_factory.mktemp("plain")
    venv.create(folder, symlinks=True)
    home = {"base": str(folder), "platbase": str(folder)}
    theirs = Path(sysconfig.get_path("purelib", vars=home))
    for room in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(room).iterdir():
            if "k2_jupyter" not in entry.name:
                (theirs / entry.name).symlink_to(entry)
    python = str(folder / "bin" / "python")
    return install(lab, "plain", "python", python, "ipykernel_launcher")


def test_a_kernel_without_our_package_lacks_the_magic_alone(
    lab: Lab, plain: str, endpoint: Server
) -> None:
    ours = "from importlib.util import find_spec\nfind_spec('k2_jupyter') is None"
    looks = call("inspect_variables", names=["heights"])
    endpoint.play = script(run(ours), run(DRAWS), run("heights[7]"), looks, finish())
    with lab.panel(lab.notebook(spec=plain)) as panel:
        panel.finish("Work")
    lacks, drawn, failed, looked = (observed(body) for body in endpoint.requests[-4:])
    assert "True" in lacks
    assert "Three bars" in drawn
    assert "+ heights: list" in drawn
    assert "<hints>" in failed
    assert "heights" in looked


def test_a_kernel_of_bash(lab: Lab, endpoint: Server) -> None:
    bash = install(lab, "bash", "bash", sys.executable, "bash_kernel")
    looks = call("inspect_variables")
    endpoint.play = script(run("fruit=plum"), run("echo $fruit; exit_with 7"), looks, finish())
    with lab.panel(lab.notebook(spec=bash)) as panel:
        panel.finish("Work")
        assert "bash" in panel.until("Notice")["text"]
    _, failed, looked = (observed(body) for body in endpoint.requests[-3:])
    assert "plum" in failed
    assert "127" in failed  # what the shell says of a command that it does not find
    assert "Python kernels only" in looked
    assert "write the cells in bash" in told(endpoint.requests[-1])
