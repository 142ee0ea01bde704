"""Each name of ipykernel that it promises nobody: here a new ipykernel fails first."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from itertools import groupby
from typing import Any, TypeAlias

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

HANG = 30.0
IMPORTS = """
import json
from k2_jupyter.in_kernel.magic import ipykernel_names as names
_kernel = get_ipython().kernel
"""
Ran: TypeAlias = tuple[dict[str, Any], list[dict[str, Any]]]


class Client:
    """Runs a source and gives its reply and its messages."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, source: str, *, stdin: bool = True) -> Ran:
        messages: list[dict[str, Any]] = []
        self.client.allow_stdin = stdin
        reply = self.client.execute_interactive(
            source, allow_stdin=stdin, output_hook=messages.append, timeout=HANG
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return reply, messages

    def value(self, source: str, **more: Any) -> Any:
        """What the source prints, as JSON."""
        _, messages = self.run(source, **more)
        return json.loads("".join(m["content"].get("text", "") for m in messages))


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    manager = KernelManager()
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=HANG)
    ready = Client(client)
    ready.run(IMPORTS)
    yield ready
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_shell_parent_ident_or_parent_ident(client: Client) -> None:
    """`_shell_parent_ident` with `_get_shell_context_var` (7), `_parent_ident` (6)."""
    ident = client.value("print(json.dumps([str(i) for i in names.shell_ident(_kernel)]))")
    assert len(ident) == 1
    assert client.client.session.session in ident[0]


@pytest.mark.parametrize("stdin", [True, False])
def test_allow_stdin_says_whether_input_is_answered(client: Client, stdin: bool) -> None:
    said = client.value("print(json.dumps(names.accepts_input(_kernel)))", stdin=stdin)
    assert said is stdin


def test_allow_stdin_can_be_taken_away_and_comes_back(client: Client) -> None:
    client.run("""
from IPython.core.error import StdinNotImplementedError
with names.without_input(_kernel):
    try:
        input()
    except StdinNotImplementedError:
        refused = True
assert refused and _kernel._allow_stdin
""")


def test_get_parent_and_set_parent_lend_the_shell_another_request(client: Client) -> None:
    msg_id = uuid.uuid4().hex
    client.run(f"""
before = _kernel.get_parent("shell")
with names.request_of_its_own(_kernel, {msg_id!r}, "c", "pass", 7):
    assert _kernel.get_parent("shell")["header"]["msg_id"] == {msg_id!r}
    assert get_ipython().parent_header["header"]["msg_id"] == {msg_id!r}
assert _kernel.get_parent("shell") == before
""")


def test_iopub_socket_and_session_send_publish_under_that_request(client: Client) -> None:
    msg_id = uuid.uuid4().hex
    heard = client.value(f"""
from IPython.display import display
heard = []
with names.watched(_kernel, lambda *message: heard.append(message[0]) or True):
    with names.request_of_its_own(_kernel, {msg_id!r}, "c", "pass", 7):
        print("another request's")
    display({{"text/latex": "the present request's"}}, raw=True)
print(json.dumps(heard))
""")
    assert heard == ["display_data"]


def test_session_send_shows_all_that_goes_out_and_can_hold_it_back(client: Client) -> None:
    _, messages = client.run("""
from IPython.display import display, clear_output
heard = []
def keep(kind, content, metadata):
    heard.append((kind, content))
    return kind != "error"
with names.watched(_kernel, keep):
    print("one", flush=True)
    handle = display({"text/plain": "two"}, raw=True, display_id="d")
    handle.update({"text/plain": "three"}, raw=True)
    clear_output()
    get_ipython().run_cell("40 + 2")
    get_ipython().run_cell("1 / 0")
    names.publish(_kernel, "stream", {"name": "stdout", "text": "past"})
""")
    kinds = [m["msg_type"] for m in messages]
    assert "error" not in kinds
    assert kinds.count("execute_result") == 1
    heard = client.value("print(json.dumps([[k, sorted(c)] for k, c in heard]))")
    assert [kind for kind, _ in groupby(kind for kind, _ in heard)] == [
        "stream",
        "display_data",
        "update_display_data",
        "clear_output",
        "execute_result",
        "error",
    ]
    assert heard[-1][1] == ["ename", "evalue", "traceback"]
    assert any(m["content"].get("text") == "past" for m in messages)


def test_pub_thread_tells_the_kernels_streams_from_the_users(client: Client) -> None:
    heard = client.value("""
import io, sys
heard, ours = [], sys.stdout
with names.watched(_kernel, lambda *message: heard.append(message[1]["text"]) or False):
    ours.write("before it was replaced")
    sys.stdout = io.StringIO()
    sys.stdout.flush = None  # whatever the user put there is not asked to flush
sys.stdout = ours
print(json.dumps(heard))
""")
    assert heard == ["before it was replaced"]


def test_control_handlers_answer_a_message_type_of_ours(client: Client) -> None:
    client.run("names.on_control(_kernel, 'k2_request', lambda asked: {'heard': asked['n']})")
    message = client.client.session.msg("k2_request", {"n": 3})
    client.client.control_channel.send(message)
    reply = client.client.control_channel.get_msg(timeout=HANG)
    assert (reply["msg_type"], reply["content"]) == ("k2_reply", {"heard": 3})


def test_exit_is_asked_for_through_ask_exit(client: Client) -> None:
    """`shell.ask_exit`, IPython's; the kernel's `exit` and `quit` call it."""
    client.run("""
from k2_jupyter.in_kernel.magic.runs import run_source
outcomes = [run_source(get_ipython(), said)["status"] for said in ("exit()", "quit", "exit(True)")]
assert outcomes == ["error"] * 3, outcomes
assert "ask_exit" not in vars(get_ipython())
""")
