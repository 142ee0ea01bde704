"""A server's life: keys that go nowhere, what the administrator allows, stop and start again."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.journal.redaction import PLACEHOLDER
from tests.hosts.lab.conftest import KEY
from tests.hosts.lab.panel import HANG, Lab, Panel, serving_lab
from tests.hosts.lab.script import finish, observed, run, script, told
from tests.loopback import Server

HUNT = f"import os\nprint('K2_API_KEY' in os.environ)\nprint('{KEY[:9]}' + '{KEY[9:]}')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of one server after another."""
    return tmp_path


@pytest.fixture
def chosen(endpoint: Server) -> dict[str, str]:
    endpoint.bodies.clear()
    return {"K2_BASE_URL": endpoint.base_url, "K2_MODEL": "played", "K2_API_KEY": KEY}


def test_the_key_is_found_nowhere(folder: Path, endpoint: Server, chosen: dict[str, str]) -> None:
    (folder / "content").mkdir()
    (folder / "content" / ".env").write_text("PASSWORD=another-canary-0123\n")
    reads = "print(open('.env').read())"
    endpoint.play = script(run(HUNT), run(reads), replace(finish(), text=f"It is {KEY}"))
    with serving_lab(folder, **chosen) as lab, lab.panel(lab.notebook()) as panel:
        panel.finish(f"Find {KEY}")
        assert "False" in observed(endpoint.requests[1])
        received = json.dumps(panel.received)
        status = json.dumps(lab.ask("GET", "k2/api/status"))
        bodies = b"".join(endpoint.bodies).decode()
        for secret in (KEY, "another-canary-0123"):
            assert secret not in received
            assert secret not in status
            assert secret not in bodies
        assert all(headers["authorization"] == f"Bearer {KEY}" for headers in endpoint.headers)
        kept = "".join(file.read_text() for file in folder.rglob("*.jsonl"))
        assert "TurnFinished" in kept
        assert KEY not in kept
        assert KEY not in lab.log.read_text()


def test_a_conversation_is_found_again(
    folder: Path, endpoint: Server, chosen: dict[str, str]
) -> None:
    endpoint.play = script(finish("As said in-other-words."), finish("Again."))
    with serving_lab(folder, **chosen) as lab, lab.panel(path := lab.notebook()) as panel:
        panel.finish("Say it")
        first, cells = panel.log, panel.cells
    (folder / "content" / ".env").write_text("PASSWORD=in-other-words\n")
    with serving_lab(folder, **chosen) as lab:
        lab.session(path)
        panel = Panel(lab, path, cells=cells, log=first, events={1: {}, 2: {}})
        panel.open()
        assert panel.log != first
        earlier = panel.until("Earlier")
        assert earlier["request"] == "Say it"
        assert earlier["conclusion"] == f"As said {PLACEHOLDER}."  # it is a secret by now
        assert panel.finish("Go on")["conclusion"]["text"] == "Again."
        panel.close()
    assert "Say it" in told(endpoint.requests[-1])


def test_a_state_folder_that_cannot_be_read_is_said(
    folder: Path, endpoint: Server, chosen: dict[str, str]
) -> None:
    nowhere = {"XDG_STATE_HOME": str(folder / ("long" * 100))}
    with serving_lab(folder, **chosen, **nowhere) as lab, lab.panel(lab.notebook()) as panel:
        assert "File name too long" in panel.until("Notice")["text"]
        assert panel.finish("Work")["reason"] == "failed"


def test_a_server_that_stops_ends_its_turns(
    folder: Path, endpoint: Server, chosen: dict[str, str]
) -> None:
    endpoint.play = script(run("x = 1"), finish())
    with serving_lab(folder, **chosen) as lab, lab.panel(lab.notebook()) as panel:
        panel.request("Work")
        panel.until("Opened")
        lab.process.send_signal(signal.SIGTERM)
        assert panel.until("TurnFinished")["reason"] == "interrupted"
        assert lab.process.wait(HANG) == 0
    (journal,) = folder.rglob("journal.jsonl")
    assert json.loads(journal.read_text().splitlines()[-1])["data"]["reason"] == "interrupted"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, endpoint: Server) -> Iterator[Lab]:
    """An administrator who allows little."""
    config = {
        "allow_login": False,
        "allow_hosted": False,
        "allow_kinds": False,
        "max_steps": 2,
        "max_seconds": 100,
    }
    folder = tmp_path_factory.mktemp("strict")
    environment = {"K2_BASE_URL": endpoint.base_url, "K2_MODEL": "played", "K2_API_KEY": KEY}
    with serving_lab(folder, config=config, **environment) as lab:
        yield lab


def test_what_is_switched_off_is_said(strict: Lab) -> None:
    _, status = strict.ask("GET", "k2/api/status")
    assert set(status["off"]) == {"login", "send", "approve_kinds"}
    assert (status["limits"]["steps"], status["limits"]["seconds"]) == (2, 100)
    assert [choice["name"] for choice in status["choices"]] == ["default", "offline"]


def test_what_is_switched_off_is_refused(strict: Lab) -> None:
    login = {"base_url": "https://api.example.org/v1", "key": "some-key-123", "model": "k3"}
    code, said = strict.ask("POST", "k2/api/login", login)
    assert code == 403
    assert "administrator" in said["text"]
    assert strict.ask("POST", "k2/api/model", {"name": "k3"})[0] == 400


def test_what_is_limited_stays_so(strict: Lab, endpoint: Server) -> None:
    shell = [run(f"!echo {number}") for number in range(3)]
    endpoint.play = script(*shell, finish())
    with strict.panel(strict.notebook()) as panel:
        panel.request("Echo", caps={"steps": 100})
        always = {"type": "Approval", "granted": True, "comment": "", "always": True}
        first = panel.until("Opened")
        assert first["asks"]["caps"]["steps"] == 2
        panel.answer(first, **always)
        panel.answer(panel.until("Opened", asks=None), **always)  # it was not for always
        end: dict[str, Any] = panel.until("TurnFinished")
        assert end["reason"] == "limit"
        assert "administrator" in panel.until("Notice")["text"]


def test_there_may_be_no_panel_at_all(tmp_path: Path) -> None:
    with serving_lab(tmp_path, config={"enabled": False}) as lab:
        _, status = lab.ask("GET", "k2/api/status")
        assert "panel" in status["off"]
        login = {"base_url": "http://127.0.0.1:1/v1", "key": "some-key-123", "model": "k3"}
        assert lab.ask("POST", "k2/api/login", login)[0] == 403
        assert lab.ask("POST", "k2/api/model", {"name": "offline"})[0] == 403
        path = lab.notebook()
        with pytest.raises(Exception, match="403"):
            Panel(lab, path).open()
