"""What has a notebook for itself while it works: a turn, or the undo or redo of one."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from typing import Generic, TypeVar

from k2_jupyter.errors import K2Error
from k2_jupyter.events import EndReason

logger = logging.getLogger(__name__)

StopT = TypeVar("StopT", bound=threading.Event)

_BUG = "This is a bug of k2_jupyter: {!r}. The server's log has more."


class Worker(Generic[StopT]):
    """Started once; `ended` is called by its thread when it is over, whatever happened."""

    def __init__(self, what: str, stop: StopT, ended: Callable[[EndReason], None]) -> None:
        """`what` names the thread."""
        self.id = uuid.uuid4().hex[:16]
        self.stop = stop
        self._ended = ended
        self._thread = threading.Thread(target=self._main, name=f"k2-{what}-{self.id}", daemon=True)

    def start(self) -> None:
        """In its own thread."""
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait so long for its end; whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _main(self) -> None:
        reason: EndReason = "failed"
        try:
            reason = self._work()
        except K2Error as problem:
            self._failed(str(problem))
        except Exception as problem:
            logger.exception("%s failed", self._thread.name)
            self._failed(_BUG.format(problem))
        finally:
            self._ended(reason)

    def _work(self) -> EndReason:
        """All of it."""
        raise NotImplementedError

    def _failed(self, why: str) -> None:
        """It came to no end of its own."""
        raise NotImplementedError
