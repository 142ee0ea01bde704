from __future__ import annotations

from dataclasses import replace

import pytest

from k2_jupyter.agent.ageing import SHORT, Marks, aged
from k2_jupyter.agent.history import History
from k2_jupyter.messages import AssistantMessage, Image, ToolCall, ToolMessage, ToolResult
from k2_jupyter.models.codec import Encoder
from k2_jupyter.models.presets import PRESETS
from k2_jupyter.models.profiles import OFFLINE, EndpointProfile, ModelProfile

ENDPOINT = EndpointProfile("http://127.0.0.1:1/v1")
MARKS = Marks(high=10_000, low=2_000)


def call(history: History, result: ToolResult) -> None:
    history.add(AssistantMessage(calls=(ToolCall("c", "run_cell", '{"source": "x"}'),)))
    history.answer(result)


def age(history: History, marks: Marks) -> None:
    history.swap(aged(history.messages, marks))


def results(history: History) -> list[ToolResult]:
    return [one.result for one in history.messages if isinstance(one, ToolMessage)]


def observation(number: int, length: int = 1_500) -> ToolResult:
    gist = f"cell c{number} · ok"
    return ToolResult(f"{gist} · 0.1 s\n" + "9" * length, gist=gist)


def test_nothing_changes_below_the_high_mark_and_then_a_batch_does() -> None:
    history = History("system")
    for number in range(9):
        call(history, observation(number))
        age(history, MARKS)
    assert all(len(result.text) > 1_500 for result in results(history))
    call(history, observation(9))
    age(history, MARKS)
    texts = [result.text for result in results(history)]
    assert all(text.startswith(f"cell c{n} · ok (") for n, text in enumerate(texts[:6]))
    assert all(len(text) <= SHORT for text in texts[:6])
    assert texts[6:] == [observation(number).text for number in (6, 7, 8, 9)]


def test_what_is_short_stays_and_a_result_without_a_gist_keeps_its_first_line() -> None:
    history = History("system")
    call(history, ToolResult("the plan"))
    call(history, ToolResult("first line\n" + "9" * 20_000, is_error=True))
    for number in range(3):
        call(history, observation(number))
    age(history, replace(MARKS, low=0))
    plan, long = results(history)[:2]
    assert plan.text == "the plan"
    assert long.text == "first line (shortened: an old result)"
    assert long.is_error


def test_pictures_go_in_a_batch_and_their_descriptions_stay() -> None:
    history = History("system")
    for number in range(7):
        picture = Image("image/png", b"%d" % number)
        call(history, replace(observation(number, 400), images=(picture,)))
        age(history, MARKS if number == 6 else replace(MARKS, high=10**9))
    kept = [len(result.images) for result in results(history)]
    assert kept == [0, 0, 0, 0, 0, 1, 1]
    assert len(results(history)[4].text) > 400


def test_the_analyst_reads_its_turn_anew_and_small_windows_age_sooner() -> None:
    assert Marks.of(OFFLINE) is None
    assert Marks.of(PRESETS["k2.6"]) == Marks()
    small = Marks.of(ModelProfile("small", context_tokens=8_192))
    assert small is not None
    assert small.high < 4_000


@pytest.mark.parametrize(("window", "most"), [(4_096, 1), (8_192, 1), (16_384, 3), (262_144, 6)])
def test_pictures_leave_most_of_a_window_to_the_text(window: int, most: int) -> None:
    marks = Marks.of(ModelProfile("small", context_tokens=window))
    assert marks is not None
    history = History("system")
    kept = []
    for number in range(20):
        picture = Image("image/png", b"%d" % number)
        call(history, replace(observation(number, 400), images=(picture,)))
        age(history, marks)
        kept.append([len(result.images) for result in results(history)])
    assert max(map(sum, kept)) == most
    assert all(row[-1] == 1 for row in kept)


@pytest.mark.parametrize("characters", [1_500, 30_000])
def test_300_steps_stay_within_the_window_and_keep_their_prefix(characters: int) -> None:
    """Between two agings a request is the one before and its new messages."""
    model = PRESETS["k2.6"]
    marks = Marks.of(model)
    assert marks is not None
    encoder, history, sent = Encoder(model, ENDPOINT), History("s" * 16_000), b""
    kept, agings = [], 0
    for number in range(300):
        before = results(history)
        age(history, marks)
        aged = results(history) != before
        body = encoder.request(history.messages, ())
        whole_prefix = body.startswith(sent[: sent.rfind(b"]")])
        assert whole_prefix is not aged
        agings += aged
        kept.append(len(body))
        sent = body
        call(history, observation(number, characters))
    assert max(kept) / 3 < model.context_tokens
    assert agings <= 300 / 2
