from __future__ import annotations

from k2_jupyter.events import ReasoningDelta, TextDelta
from k2_jupyter.messages import AssistantMessage
from k2_jupyter.models.incoming import Incoming


def test_pieces_of_one_kind_are_joined_and_come_once() -> None:
    incoming = Incoming()
    for piece in "abc":
        incoming.add([ReasoningDelta(piece)])
    incoming.add([TextDelta("d"), TextDelta("e"), ReasoningDelta("f")])
    assert incoming.taken() == [ReasoningDelta("abc"), TextDelta("de"), ReasoningDelta("f")]
    assert incoming.taken() is None


def test_a_piece_with_nothing_to_show_is_a_sign_of_life() -> None:
    incoming = Incoming()
    incoming.add([])
    assert incoming.taken() == []


def test_the_end_is_waited_for() -> None:
    incoming, end = Incoming(), AssistantMessage("done")
    assert incoming.wait(-1.0) is None
    incoming.finish(end)
    assert incoming.wait(30.0) is end
