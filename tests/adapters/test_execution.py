"""How long a run that must end is waited for."""

from __future__ import annotations

import threading
import time

from k2_jupyter.adapters.execution import Patience, Step
from k2_jupyter.agent.limits import Deadline


def steps(patience: Patience, stop: threading.Event, seconds: float) -> list[tuple[float, Step]]:
    """What is done in the coming seconds, and when."""
    begin = time.monotonic()
    taken: list[tuple[float, Step]] = []
    for tenth in range(round(seconds * 10) + 1):
        step = patience.next(begin + tenth / 10, stop)
        if step != "wait":
            taken.append((tenth / 10, step))
        if step == "kill":
            break
    return taken


def stopped() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


def test_a_run_without_a_limit_is_left_alone() -> None:
    assert steps(Patience(None, (1,)), threading.Event(), 100) == []


def test_the_soft_limit_is_patient() -> None:
    taken = steps(Patience(0, (10, 10)), threading.Event(), 30)
    assert taken == [(0, "interrupt"), (10, "interrupt"), (20, "kill")]


def test_the_users_stop_is_over_within_a_second() -> None:
    patience = Patience(None, (10, 10))
    assert steps(patience, stopped(), 30) == [(0, "interrupt"), (0.5, "kill")]
    assert patience.cause == "stop"


def test_the_deadline_of_the_turn_tries_once_more() -> None:
    patience = Patience(None, (10, 10))
    deadline = Deadline(threading.Event(), 0)
    assert steps(patience, deadline, 30) == [(0, "interrupt"), (0.5, "interrupt"), (1.5, "kill")]
    assert patience.cause == "deadline"


def test_a_stop_cuts_the_patience_with_the_soft_limit_short() -> None:
    patience = Patience(0, (600,))
    assert steps(patience, threading.Event(), 1) == [(0, "interrupt")]
    assert steps(patience, stopped(), 1) == [(0, "interrupt"), (0.5, "kill")]
