"""Known secrets are in no artefact: requests, notebook, report, journal, terminal."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage, ToolCall
from tests.loopback import Play, Server

KEY = "sk-canary/key+0123456789"
TOKEN = "tok-canary=42&secret value"
PASSWORD = 'p4ss"word\\with-quotes'
OTHER = "another-canary-98765"
SECRETS = (KEY, TOKEN, PASSWORD, OTHER)

ENCODED = """\
import base64
word = text.split("=", 1)[1].strip()
print(base64.b64encode(word.encode()).decode(), word.encode().hex())
for letter in word:
    print(letter, end="", flush=True)"""
CELLS = [
    "print(open('../beside/data.csv').read())",
    "text = open('.env').read()\nprint(text)\ntext",
    ENCODED,
    "from IPython.display import HTML\nHTML(f'<b>{word}</b>')",
    "raise ValueError(word)",
]


def forms(secret: str) -> Iterator[bytes]:
    """The secret as it would stand in a file, encoded or not."""
    raw = secret.encode()
    yield raw
    yield base64.b64encode(raw)
    yield raw.hex().encode()
    yield quote(secret, safe="").encode()
    yield json.dumps(secret)[1:-1].encode()


def play(body: dict[str, Any]) -> AssistantMessage:
    done = sum(message["role"] == "tool" for message in body["messages"])
    if done < len(CELLS):
        arguments = json.dumps({"source": CELLS[done], "purpose": "look"})
        return AssistantMessage(calls=(ToolCall(f"run_cell:{done}", "run_cell", arguments),))
    return AssistantMessage("The secret was shown.")


def test_no_artefact_holds_a_known_secret(
    tmp_path: Path,
    serve: Callable[[Play], Server],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("K2_API_KEY", KEY)
    monkeypatch.setenv("SERVICE_TOKEN", TOKEN)
    out = tmp_path / "out"
    out.mkdir()
    (out / ".env").write_text(f"DB_PASSWORD={PASSWORD}\n")
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / ".env").write_text(f"OTHER={OTHER}\n")
    data = tmp_path / "beside" / "data.csv"
    data.write_text(f"a,b\n{OTHER},2\n1,2\n")
    server = serve(play)
    task = f"use {TOKEN} to look"
    options = ["--model", "m", "--base-url", server.base_url, "--out", str(out)]
    options += ["--data", str(data)]
    assert main(["run", task, *options, "--allow", "secrets"]) == 0
    data.unlink()

    shown = capfd.readouterr()
    artefacts = {"stdout": shown.out.encode(), "stderr": shown.err.encode()}
    artefacts |= {f"request {n}": body for n, body in enumerate(server.bodies)}
    artefacts |= {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.name != ".env"
    }
    assert {"out/analysis.ipynb", "out/analysis.html"} < artefacts.keys()
    assert any(name.endswith("journal.jsonl") for name in artefacts)
    found = [
        (name, secret)
        for name, content in artefacts.items()
        for secret in SECRETS
        if any(form in content for form in forms(secret))
    ]
    assert found == []
    assert b"[redacted]" in artefacts["out/analysis.ipynb"]
    assert all(KEY in header["authorization"] for header in server.headers)
    assert "K2_API_KEY" not in os.environ
