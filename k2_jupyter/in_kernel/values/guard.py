"""A limit on the time of a look at the user's objects. Runs inside the user's kernel."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

_AGAIN_SECONDS = 0.01


class OutOfTime(BaseException):
    """Raised inside the look. No `Exception`, so that no library takes it for one."""


def possible() -> bool:
    """Whether the timer is ours to use: in the main thread, and the user uses none."""
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        and signal.getsignal(signal.SIGALRM) is not None
    )


def within(seconds: float, look: Callable[[], Any]) -> bool:
    """Look, and give up after `seconds`; whether it came to its end.

    Without a limit where the timer is not ours. What one long call of a C library does
    cannot be interrupted: who looks must know the sizes beforehand.
    """
    if not possible():
        look()
        return True
    armed = [True]

    def late(_signal: int, _frame: Any) -> None:
        if armed:
            raise OutOfTime

    previous, hook = signal.signal(signal.SIGALRM, late), sys.unraisablehook

    def unraisable(problem: Any) -> None:
        if not isinstance(problem.exc_value, OutOfTime):
            hook(problem)

    sys.unraisablehook = unraisable
    try:
        try:
            # Raised in a finalizer it is dropped there: it comes again until it is heard.
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
            look()
        finally:
            armed.clear()
    except OutOfTime:
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, previous)
        sys.unraisablehook = hook
    return True


def taken(seconds: float, items: Callable[[], Iterator[str]]) -> list[str]:
    """What an iterator gives within `seconds`."""
    got: list[str] = []
    within(seconds, lambda: got.extend(items()))
    return got


def aside(seconds: float, look: Callable[[], Any]) -> Any:
    """What a look in another thread gives; None after `seconds` or where it fails.

    For calls that wait for a file or a network in foreign code, which no signal reaches.
    """
    got: list[Any] = []

    def run() -> None:
        try:
            got.append(look())
        except Exception:  # noqa: BLE001 - a look that fails gives nothing
            got.append(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return got[0] if got else None
