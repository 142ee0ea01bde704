"""Events by number: none twice, none left out, whatever a page has seen."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from k2_jupyter.hosts.lab.event_log import EventLog, as_text
from k2_jupyter.messages import Json


class Page:
    def __init__(self) -> None:
        self.got: list[Mapping[str, Json]] = []

    def send(self, message: Mapping[str, Json]) -> None:
        self.got.append(message)

    def dismiss(self) -> None:
        """Nothing to do."""

    @property
    def numbers(self) -> list[int]:
        """Each that it was told of, with those that a ``Gone`` stands for."""
        found: list[int] = []
        for one in self.got:
            last, event = one["seq"], one["event"]
            assert isinstance(last, int)
            assert isinstance(event, dict)
            found += range(event.get("first", last), last + 1)
        return found


@given(st.lists(st.sampled_from(["TextDelta", "Notice", "drop", "leave", "come"])))
def test_a_page_has_each_number_once(deeds: list[str]) -> None:
    log, page, is_there = EventLog(), Page(), False
    for deed in deeds:
        match deed:
            case "drop":
                log.drop_deltas()
            case "leave":
                log.detach(page)
                is_there = False
            case "come":
                if not is_there:
                    log.attach(page, log.id, len(page.numbers))
                is_there = True
            case _:
                log.add({"type": deed})
    if not is_there:
        log.attach(page, log.id, len(page.numbers))
    assert page.numbers == list(range(1, log.last + 1))


def test_pieces_of_an_answer_are_gone_once_it_is_whole() -> None:
    log, late = EventLog(), Page()
    for kind in ("StepStarted", "TextDelta", "Waiting"):
        log.add({"type": kind})
    log.drop_deltas()
    log.add({"type": "AnswerReceived"})
    log.attach(late, None, 0)
    kinds = [one["event"]["type"] for one in late.got]  # type: ignore[index,call-overload]
    assert kinds == ["StepStarted", "Gone", "AnswerReceived"]
    assert late.numbers == [1, 2, 3, 4]


def test_the_pieces_of_an_answer_that_broke_off_stay() -> None:
    log, late = EventLog(), Page()
    for kind in ("StepStarted", "TextDelta", "Waiting", "TurnFinished"):
        log.add({"type": kind})
    log.keep_deltas()
    log.drop_deltas()
    log.attach(late, None, 0)
    kinds = [one["event"]["type"] for one in late.got]  # type: ignore[index,call-overload]
    assert kinds == ["StepStarted", "TextDelta", "Gone", "TurnFinished"]


def test_a_page_of_another_log_gets_everything() -> None:
    log = EventLog()
    log.add({"type": "Notice"})
    for known, since in (("another", 1), (log.id, 5), (None, 0)):
        page = Page()
        log.attach(page, known, since)
        assert page.numbers == [1]


def test_what_json_lacks_goes_as_text() -> None:
    assert json.loads(as_text({"a": float("nan"), "b": [float("inf")]})) == {
        "a": "nan",
        "b": ["inf"],
    }
    assert as_text({"a": "\ud800"}) == '{"a":"\\ud800"}'
