from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from k2_jupyter.errors import ModelStatusError, SettingsError
from k2_jupyter.hosts.cli.asker import Asker
from k2_jupyter.hosts.cli.main import main
from k2_jupyter.hosts.cli.record import run_record
from k2_jupyter.hosts.cli.thermometer import THERMOMETER
from k2_jupyter.messages import AssistantMessage, Reasoning, ToolCall, Usage, UserMessage
from k2_jupyter.models.presets import resolve
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.settings import Settings
from tests.faults.recorded import recorded
from tests.loopback import Play, Reply, Server, events, refusal, streamed

Serve = Callable[[Play], Server]

KEY = "sk-canary-0123456789abcdef"
ONCE = RetryPolicy(attempts=1)
CALL = AssistantMessage(
    "Let me “look”.",
    (ToolCall("functions.read_thermometer:0", "read_thermometer", '{"room": "kitchen"}'),),
    Reasoning("The tool knows.", "reasoning"),
    "tool_calls",
    Usage(40, 8, 12),
)


def record(
    server: Server, folder: Path, question: str | None = "How warm is it?", **options: Any
) -> dict[str, Path]:
    """What was written, by the names of the files."""
    model, endpoint = resolve("my-model", server.base_url)
    settings = Settings(model, endpoint, KEY)
    console = Console(file=io.StringIO())
    run_record(settings, folder, console, question=question, policy=ONCE, **options)
    return {path.name: path for path in sorted(folder.iterdir())}


def asked(server: Server) -> AssistantMessage:
    model, endpoint = resolve("my-model", server.base_url)
    return Asker(model, endpoint, None, ONCE).ask("", [UserMessage("?")], [THERMOMETER]).answer


def said(*texts: str, **beside: Any) -> Reply:
    """A stream of these pieces of text, with these fields beside the answer."""
    pieces = [{**beside, "choices": [{"delta": {"content": text}}]} for text in texts]
    last = {**beside, "choices": [{"delta": {}, "finish_reason": "stop"}]}
    return Reply(events(*pieces, last))


def test_a_recorded_stream_gives_the_same_message(serve: Serve, tmp_path: Path) -> None:
    (path,) = record(serve(lambda body: CALL), tmp_path / "streams").values()
    played = asked(serve(lambda body: recorded(path)))
    assert played == CALL
    assert path.name == "01-answer.http"


def test_the_body_is_kept_as_it_came(serve: Serve, tmp_path: Path) -> None:
    odd = [
        b': waiting\r\n\r\ndata:{"choices": [{"delta":{"content" :"caf\\u00e9',
        ' \u2028 café"}}]}\r\n\r\n'.encode(),
        b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    ]
    (path,) = record(serve(lambda body: Reply(odd)), tmp_path / "streams").values()
    assert path.read_bytes().partition(b"\n\n")[2] == b"".join(odd)
    assert asked(serve(lambda body: recorded(path))).text == "café \u2028 café"


def test_all_that_check_asks_is_recorded_by_topic(serve: Serve, tmp_path: Path) -> None:
    def play(body: dict[str, Any]) -> AssistantMessage:
        if body["messages"][-1]["role"] == "tool":
            return AssistantMessage("It is 23.5 °C.")
        return CALL if body.get("tools") else AssistantMessage("one, two")

    files = record(serve(play), tmp_path / "streams", None)
    assert list(files) == [
        "01-text.http", "02-call.http", "03-result.http", "04-parallel.http", "05-length.http",
    ]  # fmt: skip


def test_secrets_and_names_are_taken_out(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "hunter2-hunter2")
    reply = said(
        f"Your key is {KEY}, the password hunter2-hunter2.",
        id="chatcmpl-7f3a",
        request_id="req-0042",
        system_fingerprint="fp_12",
        user={"name": "Anna", "account_id": 778_899},
        model="/home/anna/models/small.gguf",
    )
    kept = Reply(reply.pieces, headers={"x-request-id": "req-0042", "set-cookie": "session=1"})
    (path,) = record(serve(lambda body: kept), tmp_path / "streams").values()
    text = path.read_text("utf-8")
    for secret in (KEY, "hunter2", "7f3a", "0042", "fp_12", "778", "anna", "session"):
        assert secret not in text
    assert "small.gguf" in text
    answer = asked(serve(lambda body: recorded(path)))
    assert answer.text == "Your key is [redacted], the password [redacted]."


def test_a_number_that_begins_like_another_stays_a_number(serve: Serve, tmp_path: Path) -> None:
    first = {"choices": [{"delta": {"content": "one"}}], "user_id": 77}
    last = {"choices": [{"delta": {}, "finish_reason": "stop"}], "user_id": 778}
    (path,) = record(serve(lambda body: Reply(events(first, last))), tmp_path / "streams").values()
    assert "77" not in path.read_text("utf-8")
    assert asked(serve(lambda body: recorded(path))).text == "one"


def test_ids_of_calls_stay(serve: Serve, tmp_path: Path) -> None:
    (path,) = record(serve(lambda body: streamed(CALL)), tmp_path / "streams").values()
    text = path.read_text("utf-8")
    assert "functions.read_thermometer:0" in text
    assert "chatcmpl-1" not in text


def test_a_refusal_is_recorded_without_the_account(serve: Serve, tmp_path: Path) -> None:
    words = f"Account org-3fa85f6412ab <ak-77aa88bb> with {KEY} reached its quota"
    server = serve(lambda body: refusal(429, "exceeded_current_quota_error", words))
    (path,) = record(server, tmp_path / "streams").values()
    text = path.read_text("utf-8")
    assert "3fa85f" not in text
    assert "77aa88" not in text
    assert KEY not in text
    with pytest.raises(ModelStatusError, match="does not serve this account"):
        asked(serve(lambda body: recorded(path)))


def test_an_error_inside_a_stream_loses_the_account_too(serve: Serve, tmp_path: Path) -> None:
    failed = {"choices": [{"delta": {}}], "error": {"message": "org-3fa85f6412ab is over"}}
    server = serve(lambda body: Reply(events(failed)))
    (path,) = record(server, tmp_path / "streams").values()
    assert "[redacted] is over" in path.read_text("utf-8")


@pytest.mark.parametrize("at", [1, 9, len(KEY) - 1])
def test_a_secret_in_pieces_is_not_written(serve: Serve, tmp_path: Path, at: int) -> None:
    reply = said("It is ", KEY[:at], KEY[at:], ", isn't it?")
    with pytest.raises(SettingsError, match="nothing was written"):
        record(serve(lambda body: reply), tmp_path / "streams")
    assert not (tmp_path / "streams").exists()


def test_a_folder_with_files_is_left_alone(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda body: CALL)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SettingsError, match="not empty"):
        record(server, tmp_path)
    assert not server.requests


def test_as_a_user_types_it(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the environment is not for this endpoint, and a secret all the same."""
    monkeypatch.setenv("MOONSHOT_API_KEY", KEY)
    server = serve(lambda body: said(f"Someone said {KEY}."))
    folder = tmp_path / "streams"
    options = ["--model", "my-model", "--base-url", server.base_url]
    assert main(["record", str(folder), "What did they say?", *options]) == 0
    (path,) = folder.iterdir()
    assert KEY not in path.read_text("utf-8")
    assert "authorization" not in server.headers[0]
    assert server.requests[0]["messages"][-1]["content"] == "What did they say?"


def test_the_offline_analyst_has_no_streams(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="sends no streams"):
        run_record(Settings.load(), tmp_path / "streams", Console(file=io.StringIO()))
