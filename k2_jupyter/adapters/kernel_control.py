"""`KernelControl`: a `%%k2` that waits in a kernel, driven over the kernel's control channel.

What is said there stands in `in_kernel/magic/server_feed.py`. A thread of its own holds the
sockets: it keeps the lease while the model thinks, and notices when the magic waits no longer.
What comes out of the kernel is data, taken as far as it is what it should be.

Over 250 lines: two sockets and one thread, which nothing else may touch.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from k2_jupyter.adapters.kernel_channels import connect
from k2_jupyter.in_kernel.magic.pipe import PipeClosed
from k2_jupyter.messages import Json

logger = logging.getLogger(__name__)

Message = dict[str, Any]

CLAIM_SECONDS = 2.0
"""The kernel waits no longer for a claim (`in_kernel/magic/runner.py`)."""
_TICK_MS = 100
_NUDGE_SECONDS = 0.1
_PING_SECONDS = 0.5
_END_SECONDS = 5.0
_SILENCE_SECONDS = 2.0
"""Of a run that has ended as the kernel says on control, before its "idle" is taken for lost."""
_LONGEST_SECONDS = 1e9
_IN_MEMORY = 10_000
"""Messages: this thread does nothing but read them."""
_STATUSES = ("ok", "error", "interrupted")


class Life(Protocol):
    """One life of the kernel."""

    @property
    def over(self) -> bool:
        """Whether it is known to have ended."""
        ...


class KernelControl:
    """One announced turn; `inbox` gets what the kernel says of runs, None when it is gone.

    The messages are those of `in_kernel/magic/pipe.py`. `over` is called, once and on a thread
    of this class, when the user interrupted the magic or the kernel is gone.
    """

    def __init__(self, connection: Mapping[str, Any], life: Life, turn: str, magic: str) -> None:
        """Connect. `connection` is what a connection file holds, `magic` the waiting request."""
        import zmq
        from jupyter_client.session import Session

        self.turn, self.magic = turn, magic
        self.inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self.over: Callable[[], None] = _nothing
        self.announce: Callable[[str, str], None] = _unannounced
        """Is told cell and message id of a run before the kernel gets it."""
        self.known: Message = {}
        """What ``k2_claimed`` said."""
        self._life = life
        signed = {name: connection[name] for name in ("key", "signature_scheme")}
        self._session = Session(**signed)
        self._context = context = zmq.Context()
        self._control = connect(context, connection, zmq.DEALER, "control", in_memory=_IN_MEMORY)
        self._iopub = connect(context, connection, zmq.SUB, "iopub", in_memory=_IN_MEMORY)
        self._iopub.subscribe(b"")
        self._out, self._orders = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
        self._orders.bind("inproc://orders")
        self._out.connect("inproc://orders")
        self._sending = threading.Lock()
        self._closing = False
        self._gone = False
        self._subscribed = threading.Event()
        self._claimed = threading.Event()
        self._told = threading.Event()
        self._ended = threading.Event()
        self._asked: dict[str, str] = {}
        self._run = ""
        self._outcome: Message | None = None
        self._heard = 0.0
        self._due = 0.0
        self._stopped: set[str] = set()
        self._thread = threading.Thread(target=self._main, name="k2-control", daemon=True)
        self._thread.start()

    def claim(self) -> bool:
        """Whether the turn is ours from now on; else the kernel has moved on. Waits for it."""
        if not self._subscribed.wait(CLAIM_SECONDS):
            return False
        self._order("claim")
        claimed = self._claimed.wait(CLAIM_SECONDS) and self._told.wait(_END_SECONDS)
        return claimed and not self._gone

    def send(self, op: str, **fields: Any) -> None:
        """As `Pipe.send`. Raises `PipeClosed` when the magic waits no longer."""
        if self._gone:
            raise PipeClosed("the magic waits no longer")
        if op == "step":
            self.announce(fields["cell"], fields["run"])
            asked = {"msg_id": fields["run"], "cell": fields["cell"], "source": fields["source"]}
            self._run, self._outcome, self._heard = fields["run"], None, time.monotonic()
            self._order(op, **asked)
        else:
            if op == "stop_run":
                self._stopped.add(fields["run"])
            self._order(op, **fields)

    def show(self, data: Mapping[str, Json]) -> None:
        """What the magic's own display shows from now on."""
        if not self._gone:
            self._order("card", data=data)

    def end(self, status: str, text: str) -> None:
        """Let the magic return, and let go of it."""
        if not self._gone:
            self.over = _nothing
            self._order("end", status=status, text=text)
            self._ended.wait(_END_SECONDS)
        self.close()

    def close(self) -> None:
        """Close all sockets; a magic that still waits gives up when its lease is over."""
        self._closing = True
        if self._thread is not threading.current_thread():
            self._thread.join(_END_SECONDS)

    def _order(self, op: str, **fields: Any) -> None:
        order = json.dumps({"turn": self.turn, "op": op, **fields}).encode("ascii")
        with self._sending:
            if not self._closing:
                self._out.send(order)

    # On the thread that holds the sockets

    def _main(self) -> None:
        import zmq

        taken = {
            self._orders: self._take_order,
            self._control: self._take_reply,
            self._iopub: self._take_news,
        }
        poller = zmq.Poller()
        for socket in taken:
            poller.register(socket, zmq.POLLIN)
        try:
            while not self._closing:
                for socket, _ in poller.poll(_TICK_MS):
                    taken[socket]()
                self._in_time(time.monotonic())
        finally:
            if not self._closing:  # a fault of ours: no turn may wait for it
                self._lose()
            with self._sending:
                self._closing = True
                self._context.destroy(linger=0)

    def _in_time(self, now: float) -> None:
        if self._gone:
            return
        if self._life.over:
            self._lose()
        elif not self._subscribed.is_set():
            if now >= self._due:
                self._due = now + _NUDGE_SECONDS
                self._session.send(self._control, "kernel_info_request", {})
        elif self._claimed.is_set() and now >= self._due:
            self._due = now + _PING_SECONDS
            self._request({"turn": self.turn, "op": "ping"})

    def _take_order(self) -> None:
        self._request(json.loads(self._orders.recv()))

    def _request(self, content: Message) -> None:
        message = self._session.msg("k2_request", content)
        self._asked[message["header"]["msg_id"]] = content["op"]
        self._session.send(self._control, message)

    def _take_reply(self) -> None:
        message = self._received(self._control)
        op = self._asked.pop(_parent(message), "")
        content = message.get("content", {})
        if not op:
            return
        if content.get("ok") is not True:
            if op == "claim" or self._claimed.is_set():
                self._lose()
        elif op == "claim":
            self._claimed.set()
        elif op == "end":
            self._ended.set()
        elif op == "ping":
            self._catch_up(content.get("last"))

    def _catch_up(self, last: Any) -> None:
        """The kernel says how a run has ended; its own messages may be lost."""
        silent = time.monotonic() - self._heard > _SILENCE_SECONDS
        if isinstance(last, dict) and self._run and last.get("run") == self._run and silent:
            self._outcome = self._outcome or _outcome({**last, "report": {}})
            self._finish()

    def _take_news(self) -> None:
        message = self._received(self._iopub)
        kind, parent = message.get("msg_type"), _parent(message)
        content = message.get("content", {})
        if not self._subscribed.is_set():
            ours = message.get("parent_header", {}).get("session") == self._session.session
            if ours:
                self._subscribed.set()
        if parent == self.magic and kind in ("k2_claimed", "k2_described"):
            self._say(kind, content)
        elif parent and parent == self._run:
            self._heard = time.monotonic()
            self._news(str(kind), content, str(message["header"]["msg_id"]))

    def _say(self, kind: str, content: Message) -> None:
        if kind == "k2_claimed":
            self.known = content
            self._told.set()
        else:
            asked, texts = content.get("id"), content.get("texts")
            self.inbox.put({"op": "described", "id": asked, "texts": texts})

    def _news(self, kind: str, content: Message, name: str) -> None:
        """What comes of the run that was asked for last."""
        if kind == "k2_ran":
            self._outcome = _outcome(content)
        elif kind == "status":
            if content.get("execution_state") == "idle":
                self._finish()
        else:
            said = {"op": "output", "run": self._run, "type": kind, "content": content}
            self.inbox.put({**said, "name": name})

    def _finish(self) -> None:
        """The run is over: all that it has put out came before."""
        run, outcome = self._run, self._outcome
        self._run = ""
        outcome = outcome or _outcome({})
        if outcome["status"] == "interrupted" and run not in self._stopped:
            self.over()  # before the agent can go on
        self.inbox.put({"op": "ran", "run": run, **outcome})

    def _lose(self) -> None:
        """The magic waits no longer."""
        self._gone = True
        self.over()
        self.inbox.put(None)
        for waits in (self._claimed, self._told, self._ended):
            waits.set()

    def _received(self, socket: Any) -> Message:
        try:
            _, message = self._session.recv(socket)
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            # a signature that is not ours, or parts that are not what they should be
            logger.warning("dropped a message from the kernel: %r", problem)
            return {}
        return message if message and isinstance(message["content"], dict) else {}


def _outcome(content: Mapping[str, Any]) -> Message:
    """What the kernel says of a run, in the types of `pipe.TO_AGENT`."""
    status, count = content.get("status"), content.get("count")
    seconds, report = content.get("seconds"), content.get("report")
    return {
        "status": status if status in _STATUSES else "interrupted",
        "count": count if isinstance(count, int) else None,
        "seconds": _time(seconds),
        "report": report if isinstance(report, dict) else {},
    }


def _time(seconds: Any) -> float:
    known = isinstance(seconds, int | float) and 0 <= seconds < _LONGEST_SECONDS
    return float(seconds) if known else 0.0


def _parent(message: Message) -> str:
    return str(message.get("parent_header", {}).get("msg_id", ""))


def _nothing() -> None:
    """Nobody has to be told."""


def _unannounced(cell: str, run: str) -> None:
    """No page follows."""
