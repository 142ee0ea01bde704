"""Bad input: one clear line with the cause and the next step, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from k2_jupyter.hosts.cli.files import alone_in
from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage, ToolCall
from tests.loopback import Play, Reply, Server


def cell(source: str, number: int = 0) -> AssistantMessage:
    arguments = json.dumps({"source": source, "purpose": "try"})
    return AssistantMessage(
        calls=(ToolCall(f"functions.run_cell:{number}", "run_cell", arguments),)
    )


def results(body: dict[str, Any]) -> list[str]:
    return [message["content"] for message in body["messages"] if message["role"] == "tool"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.csv", None, "missing.csv"),
        ("empty.csv", b"", "empty"),
        ("head.csv", b"a,b,c\n", "no rows"),
        ("folder.csv", "a folder", "folder"),
        ("program.csv", b"\x7fELF\x02\x01\x01\x00" + bytes(200), "binary"),
    ],
)
def test_a_data_file_that_can_not_be_used_is_named_before_anything_runs(
    name: str,
    content: bytes | str | None,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        path.mkdir()
    out = tmp_path / "out"
    assert main(["run", "profile this", "--data", str(path), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("k2: ")
    assert error.count("\n") == 1
    assert said in error
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--kernel", "no-such-kernel"], "no-such-kernel"),
        (["--model", "no-such-model"], "--base-url"),
        (["--model", "k2.6"], "k2 login"),
        (["--model", "x", "--base-url", "http://example.com/v1"], "https://"),
        (["--model", "x", "--base-url", "https://me:pw@example.com/v1"], "user"),
        (["--allow", "everything"], "no such kind"),
        (["--notebook", "nowhere.ipynb"], "nowhere.ipynb"),
    ],
)
def test_an_option_that_can_not_be_used_is_named(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("group,value\n" + "a,1\nb,2\n" * 20)
    out = tmp_path / "out"
    code = main(["run", "profile this", "--data", str(data), "--out", str(out), *options])
    captured = capsys.readouterr()
    assert said in captured.err + captured.out
    assert code == 2
    assert not out.exists()
    assert "pw" not in captured.err + captured.out


def test_an_earlier_analysis_is_not_overwritten_without_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "analysis.ipynb").write_text("precious")
    assert main(["run", "what can you do?", "--out", str(out)]) == 2
    assert "--force" in capsys.readouterr().err
    assert (out / "analysis.ipynb").read_text() == "precious"


def test_a_page_of_the_users_is_not_overwritten_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "analysis.html").write_text("mine")
    assert main(["run", "what can you do?", "--out", str(tmp_path)]) == 2
    assert "--force" in capsys.readouterr().err


def test_what_stood_in_the_folder_is_not_overwritten_by_a_cell(
    tmp_path: Path, serve: Callable[[Play], Server]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.csv").write_text("precious")

    def play(body: dict[str, Any]) -> AssistantMessage:
        source = "open('mine.csv', 'w').write('gone')"
        return AssistantMessage("ok") if results(body) else cell(source)

    options = ["--model", "m", "--base-url", serve(play).base_url, "--out", str(out)]
    options += ["--no-verify"]
    assert main(["run", "x", *options]) == 77
    assert (out / "mine.csv").read_text() == "precious"
    assert main(["run", "x", *options, "--force"]) == 0
    assert (out / "mine.csv").read_text() == "gone"


def test_two_runs_do_not_share_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with alone_in(tmp_path):
        assert main(["run", "what can you do?", "--out", str(tmp_path)]) == 2
    assert "Another run works in" in capsys.readouterr().err
    assert main(["run", "what can you do?", "--out", str(tmp_path)]) == 0


def test_a_data_file_that_vanishes_meanwhile_leaves_a_report_without_its_hash(
    tmp_path: Path, serve: Callable[[Play], Server]
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("a,b\n" + "1,2\n" * 30)

    def play(body: dict[str, Any]) -> AssistantMessage:
        if results(body):
            data.unlink(missing_ok=True)
            return AssistantMessage("ok")
        return cell("1 + 1")

    out = tmp_path / "out"
    options = ["--model", "m", "--base-url", serve(play).base_url, "--out", str(out)]
    assert main(["run", "x", "--data", str(data), *options]) == 0
    assert "data.csv" in (out / "analysis.html").read_text()


def test_an_output_folder_that_is_a_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("precious")
    assert main(["run", "what can you do?", "--out", str(tmp_path / "out")]) == 2
    assert "is a file" in capsys.readouterr().err


def test_the_default_folder_is_one_without_an_earlier_analysis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve: Callable[[Play], Server]
) -> None:
    monkeypatch.chdir(tmp_path)

    def play(body: dict[str, Any]) -> AssistantMessage:
        return AssistantMessage("ok") if results(body) else cell("1 + 1")

    base_url = serve(play).base_url
    for _ in range(2):
        assert main(["run", "x", "--model", "played", "--base-url", base_url, "--no-verify"]) == 0
    assert (tmp_path / "k2-out" / "analysis.ipynb").exists()
    assert (tmp_path / "k2-out-2" / "analysis.ipynb").exists()


def test_an_input_notebook_is_continued_and_stays_as_it_was(
    tmp_path: Path, serve: Callable[[Play], Server]
) -> None:
    given = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    given.metadata["kernelspec"] = {"name": "evil", "display_name": "E", "language": "python"}
    path = tmp_path / "given.ipynb"
    nbformat.write(given, path)
    before = path.read_bytes()

    def play(body: dict[str, Any]) -> AssistantMessage:
        return AssistantMessage("ok") if results(body) else cell("y = 2")

    server = serve(play)
    options = ["--notebook", str(path), "--out", str(tmp_path / "out"), "--no-verify"]
    assert main(["run", "go on", "--model", "m", "--base-url", server.base_url, *options]) == 0
    assert path.read_bytes() == before
    written = nbformat.read(tmp_path / "out" / "analysis.ipynb", as_version=4)
    assert [c.source for c in written.cells[:2]] == ["x = 1", "y = 2"]
    assert written.metadata["kernelspec"]["name"] == "python3", "what really ran it"


def test_a_kernel_that_dies_in_a_cell_is_told_to_the_model_and_nothing_is_lost(
    tmp_path: Path, serve: Callable[[Play], Server]
) -> None:
    seen: list[str] = []

    def play(body: dict[str, Any]) -> AssistantMessage:
        seen[:] = results(body)
        cells = ["print('before')", "import os; os.kill(os.getpid(), 9)", "print('after')"]
        return cell(cells[len(seen)], len(seen)) if len(seen) < 3 else AssistantMessage("ok")

    server = serve(play)
    out = tmp_path / "out"
    options = ["--out", str(out), "--allow", "code", "--allow", "shell", "--allow", "delete"]
    assert main(["run", "x", "--model", "m", "--base-url", server.base_url, *options]) == 0
    assert "· dead ·" in seen[1]
    assert "variables are gone" in seen[1]
    assert "after" in seen[2]
    written = nbformat.read(out / "analysis.ipynb", as_version=4)
    nbformat.validate(written)
    assert "before" in str(written.cells[0].outputs)


def test_a_full_disk_ends_the_turn_with_its_cause_and_a_whole_notebook(
    small_disk: Path, serve: Callable[[Play], Server], capsys: pytest.CaptureFixture[str]
) -> None:
    def play(body: dict[str, Any]) -> AssistantMessage:
        source = "print('small')" if not results(body) else "print('x' * 400_000)"
        return cell(source, len(results(body)))

    server = serve(play)
    out = small_disk / "out"
    code = main(["run", "x", "--model", "m", "--base-url", server.base_url, "--out", str(out)])
    assert code == 70
    assert "disk is full" in capsys.readouterr().out
    written = nbformat.read(out / "analysis.ipynb", as_version=4)
    nbformat.validate(written)
    assert "small" in str(written.cells[0].outputs)
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []


AS_NOBODY = """
import os, sys, tempfile
from k2_jupyter.hosts.cli.files import alone_in
from k2_jupyter.hosts.cli.main import main

ready, folder = sys.argv[1:]
task = ["run", "what can you do?", "--plan-only", "--out"]  # needs no kernel, which nobody may read
assert main([*task, ready]) == 0  # imports everything while the interpreter can be read
os.environ["XDG_CONFIG_HOME"] = "/nonexistent"
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
os.environ["HOME"] = tempfile.mkdtemp()
sys.exit(main([*task, folder]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_without_permission_to_write_it_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "readonly"
    folder.mkdir(mode=0o755)
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(tmp_path / "ready"), str(folder / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr == f"k2: The folder {folder / 'out'} can't be made: Permission denied.\n"


def interrupted(server: Server, out: Path, ready: Callable[[], bool]) -> tuple[int, float, str]:
    """Run in a process of its own, send SIGINT when `ready`; its code, seconds and output."""
    command = [sys.executable, "-m", "k2_jupyter", "run", "x", "--out", str(out), "--model", "m"]
    process = subprocess.Popen(
        [*command, "--base-url", server.base_url],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    deadline = time.monotonic() + 60
    while not ready():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    return process.returncode, time.monotonic() - sent, output


def test_ctrl_c_while_the_model_is_silent(tmp_path: Path, serve: Callable[[Play], Server]) -> None:
    server = serve(lambda body: Reply(end="silence"))
    code, _, output = interrupted(server, tmp_path / "out", lambda: bool(server.bodies))
    assert code == 130, output


def test_ctrl_c_in_a_cell_keeps_what_it_printed(
    tmp_path: Path, serve: Callable[[Play], Server]
) -> None:
    out = tmp_path / "out"
    source = (
        "open('started', 'w').close()\nprint('so far', flush=True)\nimport time; time.sleep(99)"
    )
    server = serve(lambda body: cell(source))
    code, _, output = interrupted(server, out, (out / "started").exists)
    assert code == 130, output
    written = nbformat.read(out / "analysis.ipynb", as_version=4)
    nbformat.validate(written)
    assert "so far" in str(written.cells[0].outputs)


def test_ctrl_c_while_python_starts(tmp_path: Path, serve: Callable[[Play], Server]) -> None:
    server = serve(lambda body: AssistantMessage("ok"))
    code, _, output = interrupted(server, tmp_path / "out", lambda: True)
    assert code in (130, -signal.SIGINT), output
