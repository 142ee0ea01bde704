"""What the input of a long turn costs, against a history that is only appended to.

Usage: python -m tests.benchmarks.history [--steps 300]

The real agent with its real tools, over a played model and a played kernel: each step has
250 characters of prose and 280 of code, and prints so many; with thinking it has 500 of
reasoning, too. The model counts bytes / 4 as tokens. The endpoint's cache is perfect: what a
request shares with the one before, in whole blocks of 256 tokens, is read from it. Nothing is
timed: the figures are the same on every machine.
"""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from k2_jupyter.agent.limits import Limits
from k2_jupyter.agent.prompts import load
from k2_jupyter.events import Notice, TurnFinished
from k2_jupyter.hosts.build import Policy, build_agent
from k2_jupyter.messages import (
    AssistantMessage,
    Message,
    Reasoning,
    ToolCall,
    ToolSpec,
    Usage,
    UserMessage,
)
from k2_jupyter.models.codec import Encoder
from k2_jupyter.models.presets import PRESETS
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile
from k2_jupyter.models.scripted import ScriptedModel
from k2_jupyter.notebook.base import Notebook
from k2_jupyter.notebook.memory import MemoryDocument, MemoryKernel, Played
from k2_jupyter.outputs import Stream

K26 = PRESETS["k2.6"]
PROSE = "Next I look at another part of the data, to see whether the picture so far holds. " * 3
CODE = "values = [n * 7 % 97 for n in range(200)]\n" * 6
LINE = "value " + "x" * 43 + "\n"
BLOCK = 1_024
"""Bytes of a block of the cache: 256 tokens, as measured at Moonshot's endpoint (2026-08)."""


@dataclass
class PlayedModel:
    """Runs `steps` cells, whatever it reads; nothing is sent, but encoded as if it were."""

    profile: ModelProfile
    steps: int
    thinks: bool
    sizes: list[int] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)
    """Bytes of each request that the one before began with."""
    _last: bytes = b""

    def __post_init__(self) -> None:
        self._encoder = Encoder(self.profile, EndpointProfile("http://127.0.0.1:1/v1"))
        self._done = 0

    def __call__(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AssistantMessage:
        usage = self._counted(self._encoder.request(messages, tools))
        last = messages[-1]
        if isinstance(last, UserMessage) and last.text.endswith(load("summarise")):
            return AssistantMessage(PROSE * 16, usage=usage)
        self._done += 1
        if self._done > self.steps:
            return AssistantMessage("", (call("finish", conclusion="Done.", claims=[]),))
        source = f"# step {self._done}\n{CODE}"
        thought = Reasoning(PROSE * 2) if self.thinks else None
        step = call("run_cell", source=source, purpose=f"step {self._done}")
        return AssistantMessage(PROSE, (step,), thought, "tool_calls", usage)

    def _counted(self, body: bytes) -> Usage:
        self.sizes.append(len(body))
        self.shared.append(shared(self._last, body))
        self._last = body
        return Usage(len(body) // 4, self.shared[-1] // BLOCK * BLOCK // 4, 150)


@dataclass(frozen=True)
class Figures:
    """What came of one turn."""

    finished: TurnFinished
    model: PlayedModel
    notices: int

    @property
    def dollars(self) -> float:
        """For the input alone, at K2.6 prices."""
        assert K26.prices is not None
        return K26.prices.of(replace(self.finished.usage, output_tokens=0))

    @property
    def kept(self) -> list[float]:
        """Of each request but the last: the share of it that the next one begins with."""
        return [
            again / size
            for size, again in zip(self.model.sizes, self.model.shared[1:], strict=False)
        ]


def call(name: str, **arguments: object) -> ToolCall:
    return ToolCall(f"functions.{name}:0", name, json.dumps(arguments))


def shared(one: bytes, other: bytes) -> int:
    """Length of the common beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def play(profile: ModelProfile, steps: int, characters: int, *, thinks: bool) -> Figures:
    """One turn of an agent with a model of this profile."""
    model = PlayedModel(profile, steps, thinks)
    printed = Played((Stream("stdout", LINE * (characters // len(LINE))),))
    agent = build_agent(
        ScriptedModel(model, profile=profile),
        Notebook(MemoryDocument(), MemoryKernel(lambda source: printed)),
        limits=Limits(steps=steps + 10, calls=steps + 10),
        redact=str,
        policy=Policy(),
    )
    events = list(agent.run("Analyse the data.", threading.Event()))
    last = events[-1]
    assert isinstance(last, TurnFinished)
    return Figures(last, model, sum(isinstance(event, Notice) for event in events))


def compare(steps: int, characters: int, *, thinks: bool) -> str:
    """Print the figures; returns which part of target 4 is missed, or ""."""
    ours = play(K26, steps, characters, thinks=thinks)
    # Nothing is ever shortened, and the window has no end.
    endless = replace(K26, context_tokens=10**9, rereads=True)
    theirs = play(endless, steps, characters, thinks=thinks)
    ratio = ours.dollars / theirs.dollars
    repeating = [share for share in ours.kept if share >= 0.95]
    largest = max(ours.model.sizes) // 4
    print(
        f"{characters:6,} characters a step{', thinking' if thinks else '':10}: "
        f"input ${ours.dollars:5.2f} of ${theirs.dollars:5.2f} ({ratio:.2f} ×); "
        f"{len(ours.kept) - len(repeating)} of {steps} requests change the one before, "
        f"the others repeat at least {min(repeating):.1%} of it; "
        f"largest request {largest:,} tokens, {ours.notices} notices"
    )
    if ours.finished.reason != "done" or largest > K26.context_tokens:
        return f"the turn of {characters:,} characters a step ended: {ours.finished.reason}"
    is_measured = characters == 1_500 and not thinks
    return f"the input costs {ratio:.2f} ×" if is_measured and ratio > 0.5 else ""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--steps", type=int, default=300)
    steps = options.parse_args().steps
    cases = ((1_500, False), (1_500, True), (30_000, False), (30_000, True))
    missed = [compare(steps, characters, thinks=thinks) for characters, thinks in cases]
    if any(missed):
        raise SystemExit(f"target 4 is missed: {'; '.join(filter(None, missed))}")


if __name__ == "__main__":
    main()
