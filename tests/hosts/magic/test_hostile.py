"""What a hostile folder, a hostile kernel and a curious reader of the notebook get: nothing."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k2_jupyter.hosts.data.named import named_files
from k2_jupyter.hosts.magic.asked import Asked
from k2_jupyter.hosts.magic.briefing import briefing
from k2_jupyter.hosts.magic.session import Session
from k2_jupyter.in_kernel.magic.pipe import TO_AGENT, Pipe
from k2_jupyter.messages import AssistantMessage
from k2_jupyter.settings import config_folder, state_folder
from tests.hosts.magic.front_end import front_end
from tests.hosts.magic.near_end import HANG, near_end
from tests.hosts.magic.test_replay import Counts
from tests.loopback import Play, Reply, Server, refusal

Answering = Callable[[Play], Server]
KEY = "sk-canary-0123456789abcdef"
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
OPTIONS = st.dictionaries(
    st.sampled_from(["plan", "model", "max_steps", "max_cost", "again", "cwd", "stdin", "front"]),
    ANY | st.sampled_from(["/", "/\0", "/\ud800", -1, 1e999, True, "../.."]),
)


@given(
    st.text(st.characters()),
    OPTIONS,
    st.lists(ANY, max_size=4),
    st.dictionaries(st.text(), ANY),
    st.lists(
        ANY | st.fixed_dictionaries({"variable": ANY, "rows": ANY, "columns": ANY | st.lists(ANY)})
    ),
)
def test_any_turn_is_bounded_and_cannot_close_its_briefing(
    request: str, options: Any, before: list[Any], names: dict[str, Any], data: list[Any]
) -> None:
    message = {"request": request, "options": options, "before": before}
    asked = Asked.of({**message, "names": names, "data": data})
    assert len(asked.key) == 64
    assert asked.place.folder == Path() or asked.place.folder.is_absolute()
    assert asked.steps is None or asked.steps > 0
    told = briefing(asked, 0)
    assert told.count("</briefing>") == 1
    told.encode()


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\4nope",
        b"\0\0\0\2[]",
        json.dumps({"op": "settings", "key": "x"}).encode(),
        b"\0\0",
        b"",
        (5000).to_bytes(4, "big") + b"[" * 5000,
    ],
)
def test_what_is_no_message_ends_the_session(sent: bytes) -> None:
    there, here = os.pipe(), os.pipe()
    session = Session(Pipe(there[0], here[1], TO_AGENT), keys={})
    serving = threading.Thread(target=session.serve, daemon=True)
    serving.start()
    os.write(there[1], sent)
    os.close(there[1])
    serving.join(HANG)
    assert not serving.is_alive()
    assert not state_folder().exists()
    os.close(here[0])


def test_what_the_notebook_keeps_has_no_key_and_no_path(answering: Answering, folder: Path) -> None:
    def play(body: dict[str, Any]) -> AssistantMessage | Reply:
        if "fail" in str(body["messages"][-1]["content"]):
            return refusal(401, "invalid", f"wrong key {KEY}")
        return Counts()(body)

    answering(play)
    with near_end(str(folder), {"K2_API_KEY": KEY}) as kernel:
        ends = [
            kernel.ask(f"Why is {KEY} no key?"),
            kernel.ask("fail"),
            kernel.ask("nobody", stdin=False),
            kernel.command("status"),
            kernel.command("model", "other"),
        ]
        config_folder().mkdir(mode=0o700, parents=True)
        (config_folder() / "config.toml").write_text("wrong")
        ends.append(kernel.ask("damaged configuration"))
    assert [end.status for end in ends] == ["done", "model", "failed", "done", "failed", "failed"]
    kept = repr(ends)
    assert KEY not in kept
    assert str(state_folder()) not in kept
    assert str(config_folder()) not in kept
    written = "".join(path.read_text() for path in state_folder().rglob("*.jsonl"))
    assert written
    assert KEY not in written


def test_files_outside_the_folder_are_not_looked_at(folder: Path) -> None:
    (folder.parent / "secret.csv").write_text("a,b\n1,2\n")
    (folder / "link.csv").symlink_to(folder.parent / "secret.csv")
    (folder / "my data.csv").write_text("x;y\n1;2\n")
    (folder / "plain.csv").write_text("a,b\n1,2\n")
    request = 'See ../secret.csv, link.csv, "my data.csv", none.csv and plain.csv.'
    assert [file.path for file in named_files(request, folder)] == ["my data.csv", "plain.csv"]


def test_a_hostile_folder_changes_and_sends_nothing(
    answering: Answering, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trap(body: dict[str, Any]) -> AssistantMessage:
        raise AssertionError("asked")

    evil = answering(trap)
    server = answering(Counts())
    for module in ("openai", "sitecustomize", "usercustomize", "jinja2", "httpx"):
        (folder / f"{module}.py").write_text("open('imported', 'w').close()")
    (folder / ".env").write_text(f"K2_BASE_URL={evil.base_url}\nK2_API_KEY={KEY}\n")
    (folder / "config.toml").write_text("headless = true")
    monkeypatch.chdir(folder)
    with front_end(folder) as front:
        front.run("import os\nos.environ['K2_BASE_URL'] = 'http://127.0.0.1:9/v1'")
        assert front.run("%%k2\nhello", stdin=False).reply["status"] == "error"
        shown = front.run("%%k2\nhello", answers=["y"])
    assert shown.reply["status"] == "ok"
    assert server.requests
    assert not evil.requests
    assert not (folder / "imported").exists()
