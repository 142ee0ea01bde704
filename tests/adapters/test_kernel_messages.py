from __future__ import annotations

from k2_jupyter.adapters.kernel_messages import (
    BURST_CHARACTERS,
    BURST_SECONDS,
    Bursts,
    Redaction,
    change_of,
)
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Json
from k2_jupyter.outputs import ClearOutput, Display, ErrorOutput, OutputChange, Stream

SECRET = "correct-horse-battery"


def message(kind: str, **content: object) -> dict[str, object]:
    return {"msg_type": kind, "content": content}


def redacted(*changes: OutputChange) -> list[OutputChange]:
    redaction = Redaction(Redactor([SECRET]))
    shown = [change for given in changes for change in redaction.feed(given)]
    return [*shown, *redaction.flush()]


def test_messages_that_change_no_output_mean_nothing() -> None:
    assert change_of(message("status", execution_state="busy")) is None
    assert change_of(message("comm_open", comm_id="1")) is None
    assert change_of(message("update_display_data", data={}, transient={})) is None


def test_a_message_with_little_in_it_is_taken_as_it_is() -> None:
    assert change_of(message("stream")) == Stream("stdout", "")
    assert change_of(message("error")) == ErrorOutput("", "")
    assert change_of(message("display_data", transient=None)) == Display({})
    assert change_of(message("clear_output")) == ClearOutput(wait=False)


def test_a_secret_that_comes_in_two_pieces_is_found() -> None:
    pieces = [Stream("stdout", f"a {SECRET[:9]}"), Stream("stdout", f"{SECRET[9:]} b")]
    text = "".join(change.text for change in redacted(*pieces) if isinstance(change, Stream))
    assert text == "a [redacted] b"


def test_held_back_text_keeps_its_place() -> None:
    shown = Display({"text/plain": "x"})
    changes = redacted(Stream("stdout", f"a {SECRET[:9]}"), shown)
    assert changes[-1] == shown
    assert "".join(change.text for change in changes if isinstance(change, Stream)) == (
        f"a {SECRET[:9]}"
    )


def test_secrets_in_rich_content_and_errors_are_found() -> None:
    data: dict[str, Json] = {
        "text/html": f"<b>{SECRET}",
        "application/json": {"a": [SECRET]},
        "image/svg+xml": SECRET,
        "image/png": "aGk=",
    }
    error = ErrorOutput("E", SECRET, (SECRET,))
    changes = redacted(Display(data), error)
    assert SECRET not in repr(changes)
    assert repr(changes).count("[redacted]") == 5


def test_a_burst_is_few_changes_and_the_first_comes_at_once() -> None:
    bursts = Bursts()
    shown = [change for n in range(100) for change in bursts.add(Stream("stdout", f"{n}\n"), 1.0)]
    assert shown == [Stream("stdout", "0\n")]
    assert bursts.waiting
    (rest,) = bursts.due(1.0 + BURST_SECONDS)
    assert rest == Stream("stdout", "".join(f"{n}\n" for n in range(1, 100)))
    assert not bursts.waiting


def test_another_stream_or_output_does_not_overtake_what_is_held() -> None:
    bursts = Bursts()
    list(bursts.add(Stream("stdout", "a"), 1.0))
    given: list[OutputChange] = [
        Stream("stdout", "b"),
        Stream("stderr", "c"),
        Display({"text/plain": "d"}),
    ]
    shown = [change for one in given for change in bursts.add(one, 1.0)]
    assert shown == given


def test_a_flood_shows_head_and_tail_and_holds_little() -> None:
    bursts = Bursts()
    list(bursts.add(Stream("stdout", "first\n"), 1.0))
    for n in range(1_000):
        list(bursts.add(Stream("stdout", f"{n} {'x' * 10_000}\n"), 1.0))
    (shown,) = bursts.flush(2.0)
    assert isinstance(shown, Stream)
    assert len(shown.text) < 2 * BURST_CHARACTERS
    assert shown.text.startswith("0 xxx")
    assert shown.text.endswith("x\n")
    assert "characters are not shown here" in shown.text
