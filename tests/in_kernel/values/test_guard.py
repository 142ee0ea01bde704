"""The limit on the time of a look, where the timer is ours to use."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from k2_jupyter.in_kernel.values import guard

pytestmark = pytest.mark.timeout(60, method="thread")  # the other method has the timer


def endless() -> Iterator[str]:
    yield "first"
    while True:
        try:
            time.sleep(60)
        except Exception:  # noqa: BLE001, S112 - what a careless library does
            continue


def test_a_look_that_lasts_is_given_up_and_what_it_gave_is_kept() -> None:
    assert guard.taken(0.02, endless) == ["first"]
    assert guard.taken(60, lambda: iter(["all"])) == ["all"]


def test_an_alarm_that_a_finalizer_drops_comes_again(capsys: pytest.CaptureFixture[str]) -> None:
    class Slow:
        def __del__(self) -> None:
            while True:
                pass

    def look() -> None:
        Slow()
        while True:
            pass

    assert not guard.within(0.05, look)
    assert capsys.readouterr().err == ""


def test_the_timer_and_its_handler_are_given_back() -> None:
    def mine(*_: object) -> None:
        pytest.fail("the timer went off after the look")

    before = signal.signal(signal.SIGALRM, mine)
    try:
        guard.taken(0.02, endless)
        assert guard.within(60, int)
        with pytest.raises(ZeroDivisionError):
            guard.within(60, lambda: 1 / 0)
        assert signal.getsignal(signal.SIGALRM) is mine
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_timer_of_the_users_is_left_alone() -> None:
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 1_000)
    try:
        assert guard.within(0.001, lambda: threading.Event().wait(0.05))
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 900
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_in_another_thread_there_is_no_timer() -> None:
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(guard.within(0.001, int)))
    thread.start()
    thread.join()
    assert ended == [True]


def test_a_look_aside_is_not_waited_for() -> None:
    go = threading.Event()
    assert guard.aside(0.02, go.wait) is None
    go.set()
    assert guard.aside(60, lambda: 7) == 7
    assert guard.aside(60, lambda: 1 / 0) is None
