"""Faults from a seed, in front of a model that works: the same seed, the same faults."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from k2_jupyter.messages import AssistantMessage
from tests.loopback import Play, Reply, refusal, streamed

STATUSES = (429, 500, 502, 503, 529)

Fault = Literal["refused", "torn", "cut", ""]


@dataclass(frozen=True)
class Rates:
    """How often each fault comes, as shares of all requests."""

    refused: float = 0.30
    """An HTTP error that passes."""
    torn: float = 0.10
    """A tool call whose arguments are no JSON, in an answer that ends as it should."""
    cut: float = 0.03
    """A stream that ends in its middle: by a close, a reset, or as if it were whole."""


class Chaos:
    """A `Play` that spoils some of the answers of another one.

    `play` must be a function of the request: it is asked again for an answer that was cut.
    `seen` counts the faults of each kind.
    """

    def __init__(self, play: Play, seed: int, rates: Rates = Rates()) -> None:
        self._play = play
        self._random = random.Random(seed)
        self._rates = rates
        self.seen: Counter[Fault] = Counter()

    def __call__(self, body: dict[str, Any]) -> Reply | AssistantMessage:
        fault = self._draw()
        if fault == "refused":
            self.seen[fault] += 1
            return refusal(self._random.choice(STATUSES), message="chaos")
        answer = self._play(body)
        if not isinstance(answer, AssistantMessage):
            return answer
        if fault == "torn" and answer.calls:
            self.seen[fault] += 1
            return self._torn(answer)
        if fault == "cut":
            self.seen[fault] += 1
            return self._cut(answer)
        self.seen[""] += 1
        return answer

    def _draw(self) -> Fault:
        point = self._random.random()
        shares: Mapping[Fault, float] = {
            "refused": self._rates.refused, "torn": self._rates.torn, "cut": self._rates.cut,
        }  # fmt: skip
        for fault, share in shares.items():
            if point < share:
                return fault
            point -= share
        return ""

    def _torn(self, answer: AssistantMessage) -> AssistantMessage:
        *whole, last = answer.calls
        end = self._random.randrange(1, max(2, len(last.arguments)))
        return replace(answer, calls=(*whole, replace(last, arguments=last.arguments[:end])))

    def _cut(self, answer: AssistantMessage) -> Reply:
        pieces = list(streamed(answer).pieces)
        # Without the last three there is no finish reason, no usage and no [DONE].
        kept = pieces[: self._random.randrange(len(pieces) - 3)]
        return Reply(kept, end=self._random.choice(("cut", "reset", "whole")))
