"""The two ends of the pipe."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from k2_jupyter.in_kernel.magic.pipe import TO_AGENT, TO_KERNEL, Pipe, PipeClosed, ProtocolError


@pytest.fixture
def ends() -> Iterator[tuple[Pipe, Pipe]]:
    """The kernel's and the agent's."""
    to_agent, to_kernel = os.pipe(), os.pipe()
    kernel = Pipe(to_kernel[0], to_agent[1], TO_KERNEL, patience=0.3)
    agent = Pipe(to_agent[0], to_kernel[1], TO_AGENT)
    yield kernel, agent
    kernel.close()
    agent.close()


def test_a_ping_is_answered_by_whoever_receives(ends: tuple[Pipe, Pipe]) -> None:
    kernel, agent = ends
    kernel.send("ping")
    kernel.send("interrupt", id="t")
    assert agent.receive() == {"op": "interrupt", "id": "t"}
    assert kernel.receive() == {"op": "pong"}


def test_an_end_that_reads_nothing_is_given_up(ends: tuple[Pipe, Pipe]) -> None:
    kernel, _agent = ends

    def flood() -> None:
        for _ in range(1000):
            kernel.send("answer", id="a", text="x" * 100_000)

    with pytest.raises(PipeClosed):
        flood()


def test_a_closed_end_is_noticed(ends: tuple[Pipe, Pipe]) -> None:
    kernel, agent = ends
    agent.close()
    with pytest.raises(PipeClosed):
        kernel.receive()


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\2[]",
        b"\0\0\0\3{}}",
        b'\0\0\0\x0c{"op":"eval"}'[:16],
        b'\0\0\0\x11{"op":"said","id"',
    ],
)
def test_what_no_message_may_be_is_refused(ends: tuple[Pipe, Pipe], sent: bytes) -> None:
    kernel, agent = ends
    os.write(agent._writing, sent)
    with pytest.raises(ProtocolError):
        kernel.receive()
