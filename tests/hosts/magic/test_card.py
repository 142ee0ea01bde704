"""The card: what a turn has come to, as text, as a page part, and in parts for widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from k2_jupyter.events import (
    AnswerReceived,
    ApprovalRequest,
    CellFinished,
    CellStarted,
    Claim,
    Conclusion,
    PlanChanged,
    PlanItem,
    ReasoningDelta,
    StepStarted,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from k2_jupyter.hosts.magic.card import Card
from k2_jupyter.hosts.magic.card_html import drawn
from k2_jupyter.in_kernel.magic.pipe import TO_AGENT, TO_KERNEL
from k2_jupyter.messages import AssistantMessage, Usage
from k2_jupyter.models.profiles import Prices
from tests.hosts.magic.near_end import joined

START = TurnStarted("t", "why?", "played model")


@pytest.fixture
def card() -> Iterator[Card]:
    with joined() as (near, far):
        near(TO_KERNEL)
        card = Card(far(TO_AGENT), "why?", prices=Prices(0.1, 1.0, 10.0))
        card.show(START)
        yield card


def parts(card: Card) -> dict[str, str]:
    return drawn(card)[1]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_plan_ticks_and_the_step_is_named(card: Card) -> None:
    items = (
        PlanItem("p1", "Load", "done"),
        PlanItem("p2", "Test", "active"),
        PlanItem("p3", "End"),
    )
    card.show(PlanChanged(items))
    card.show(CellStarted("c1", "x = 1", "Read the file"))
    assert words(parts(card)["plan"]) == "✓ Load (done) ◐ Test (active) ○ End (open)"
    assert "running “Read the file”" in words(parts(card)["head"])
    card.show(CellFinished("c1", "ok", 1.25))
    card.show(CellStarted("c2", "1 / 0", "Divide"))
    card.show(CellFinished("c2", "error", 0.1))
    assert words(parts(card)["cells"]) == "✓ Read the file 1.2 s ✗ Divide error"


def test_tokens_cost_and_steps_are_counted(card: Card) -> None:
    card.show(StepStarted(3))
    card.show(
        AnswerReceived(
            AssistantMessage("Hm.", usage=Usage(input_tokens=2_000_000, output_tokens=100_000))
        )
    )
    assert "step 3 · 2,100,000 tokens · $3.000" in words(parts(card)["head"])


def test_what_was_said_stays_until_the_next_step_says_something(card: Card) -> None:
    card.show(ReasoningDelta("First I look."))
    card.show(TextDelta("Looking."))
    card.show(StepStarted(2))
    assert "First I look." in parts(card)["reasoning"]
    card.show(ReasoningDelta("Now I test."))
    assert words(parts(card)["reasoning"]) == "Now I test."
    assert parts(card)["text"] == ""


def test_a_part_changes_only_with_what_it_shows(card: Card) -> None:
    card.show(PlanChanged((PlanItem("p1", "Load", "active"),)))
    before = parts(card)
    card.show(ReasoningDelta("I think"))
    after = parts(card)
    assert {name for name in after if after[name] != before[name]} == {"head", "reasoning"}


def test_a_screen_reader_is_told_of_cells_questions_and_the_end_only(card: Card) -> None:
    said = [words(parts(card)["announced"])]
    for event in (
        StepStarted(1),
        ReasoningDelta("…"),
        CellStarted("c1", "x", "Load"),
        CellFinished("c1", "ok", 1.0),
        StepStarted(2),
        TextDelta("…"),
        TurnFinished("done"),
    ):
        card.show(event)
        said.append(words(parts(card)["announced"]))
    assert list(dict.fromkeys(said)) == ["K2: started", "K2: running “Load”", "K2: done"]
    assert parts(card)["announced"].startswith('<div role="status"')


def test_a_question_waits_apart_from_the_card_and_is_folded_once_answered(card: Card) -> None:
    prompt = card.approval(ApprovalRequest("run", ("it deletes",), ("delete",), "rm(<x>)"))
    assert prompt.startswith("K2: y = yes")
    asked = parts(card)
    assert asked["asking"].startswith('<div role="alert"')
    assert "rm(&lt;x&gt;)" in asked["asking"]
    assert asked["asked"].startswith("<details")
    assert "waiting for your answer" in words(asked["head"])
    card.show(CellStarted("c1", "x"))
    assert parts(card)["asking"] == ""


def test_the_end_is_a_whole_that_needs_nothing(card: Card) -> None:
    claims = (Claim("4.2", "c1", "mean", found=True), Claim("9.9", "c1", "max"))
    conclusion = Conclusion("The **mean** is 4.2, max 9.9.", ("one caveat",), ("next",), claims)
    card.show(PlanChanged((PlanItem("p1", "Load", "done"),)))
    card.show(TurnFinished("done", conclusion))
    page, _ = drawn(card)
    assert page.startswith("<section")
    assert page.endswith("</section>")
    for part in ("<strong>mean</strong>", "one caveat", "next", "1 of 2 numbers found", "Load"):
        assert part in page
    assert "not found in the outputs" in page
    assert not re.search(r"<(script|style|link|img)\b", page)


@pytest.mark.parametrize(
    "event",
    [
        PlanChanged((PlanItem("p1", "<img src=x onerror=a()>\u202e"),)),
        TextDelta("<img src=x onerror=a()>\u202e"),
        ReasoningDelta("<img src=x onerror=a()>\u202e"),
        CellStarted("c", "x", "<img src=x onerror=a()>\u202e"),
        TurnFinished("failed", detail="<img src=x onerror=a()>\u202e"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_texts_are_escaped_and_the_invisible_is_shown(card: Card, event: Any) -> None:
    card.show(event)
    page, made = drawn(card)
    for html in (page, *made.values()):
        assert "<img" not in html
        assert "\u202e" not in html
    assert "&lt;img src=x onerror=a()&gt;\\u202e" in page
