"""The kernel's end of `%%k2` under code that does odd things, and what its commands do."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from k2_jupyter.in_kernel.magic import completion, magics
from k2_jupyter.messages import AssistantMessage
from tests.hosts.magic.front_end import FrontEnd
from tests.hosts.magic.models import Runs, Silent, request

YES = ["y"] * 20
Asked = Callable[..., FrontEnd]


def agent_of(front: FrontEnd) -> psutil.Process:
    (child,) = psutil.Process(front.pid).children()
    return child


def on_print(text: str, act: Callable[[], None]) -> Callable[[str, dict[str, Any]], None]:
    """Watches for a printed text, and acts on it once."""
    done: list[bool] = []

    def watch(kind: str, content: dict[str, Any]) -> None:
        if kind == "stream" and text in content["text"] and not done:
            done.append(True)
            act()

    return watch


# Code that does odd things


def test_forks_threads_and_a_replaced_stdout(asking: Asked) -> None:
    model = Runs()
    front = asking(model)
    shown = front.run(
        request(
            "import os\nif not os.fork():\n    os._exit(0)\nprint('parent', os.wait()[1])",
            "import os\nchild = os.fork()\nif child:\n    print(os.waitpid(child, 0)[1])",
            "import threading\nt = threading.Thread(target=print, args=('from a thread',))\n"
            "t.start()\nt.join()",
            "import io, sys\nours = sys.stdout\nsys.stdout = io.StringIO()\nprint('hidden')",
            "sys.stdout = ours\nprint('seen again')",
            "class Full(io.StringIO):\n    def write(self, text): raise OSError('full')\n"
            "sys.stdout = Full()\n40 + 2",
            "sys.stdout = ours\nexit()",
            "raise SystemExit(3)",
            "%reset -f",
            "x = 1\nprint('goes on')",
        ),
        answers=YES,
    )
    assert shown.reply["status"] == "ok", shown.reply
    fork, fallen, thread, hidden, again, broken, left, system, reset, last = model.read
    assert "parent 0" in fork
    assert "ok" in fallen.splitlines()[0]
    assert "from a thread" in thread
    assert "hidden" not in hidden
    assert "seen again" in again
    assert "42" in broken
    assert "would end the user's session" in left
    assert "SystemExit" in system
    assert "ok" in reset.splitlines()[0]
    assert "goes on" in last
    assert front.value("x") == "1"


def test_displays_that_change_are_passed_on(asking: Asked) -> None:
    model = Runs()
    front = asking(model)
    shown = front.run(
        request(
            "from IPython.display import clear_output, display\n"
            "handle = display({'text/plain': 'first'}, raw=True, display_id=True)\n"
            "handle.update({'text/plain': 'second'}, raw=True)",
            "print('gone')\nclear_output()\nprint('stays')",
            "import ipywidgets\nout = ipywidgets.Output()\ndisplay(out)\n"
            "with out:\n    print('in the widget')",
        ),
        answers=YES,
    )
    assert shown.reply["status"] == "ok"
    changed, cleared, widget = model.read
    assert "second" in changed
    assert "first" not in changed
    assert "stays" in cleared
    assert "gone" not in cleared
    assert "in the widget" in widget
    kinds = [kind for kind, _ in shown.messages]
    assert {"update_display_data", "clear_output", "comm_open"} <= set(kinds)


def test_a_flood_is_shown_whole_and_told_in_part(asking: Asked) -> None:
    model = Runs()
    front = asking(model)
    shown = front.run(
        request("print('x' * 40_000_000)\nprint('end')", "'y' * 40_000_000"), answers=YES
    )
    assert shown.reply["status"] == "ok"
    assert len(shown.text()) > 40_000_000
    assert all(len(read) < 20_000 for read in model.read)


def test_the_users_next_cell_waits_for_the_turn(asking: Asked) -> None:
    front = asking(Runs())
    queued: list[str] = []
    watch = on_print("now", lambda: queued.append(front.client.execute("order = 'user'")))
    front.run(
        request("import time\nprint('now', flush=True)\ntime.sleep(0.5)", "order = 'agent'"),
        answers=YES,
        watch=watch,
    )
    assert len(queued) == 1
    assert front.value("order") == "'user'"


def test_a_kernel_that_ends_itself_leaves_no_agent(asked: Asked) -> None:
    front = asked(Runs())
    front.run(request("x = 1"), answers=YES)
    agent = agent_of(front)
    front.client.execute("import os; os._exit(1)")
    agent.wait(30)


# Interrupts


@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupt_in_what_is_awaited(asking: Asked, times: int) -> None:
    front = asking(Runs())

    def interrupt() -> None:
        for _ in range(times):
            front.interrupt()

    sleeper = "import asyncio\nprint('sleeps', flush=True)\nawait asyncio.sleep(600)"
    shown = front.run(
        request(sleeper, "never = 1"), answers=YES, watch=on_print("sleeps", interrupt)
    )
    assert shown.reply["ename"] == "TurnInterrupted"
    assert front.value("'never' in globals()") == "False"
    assert front.run(request("after = 1"), answers=YES).reply["status"] == "ok"
    assert front.value("after") == "1"


def test_two_interrupts_in_a_model_call_leave_nothing_behind(asking: Asked) -> None:
    model = Silent()
    front = asking(model)

    def interrupt() -> None:
        assert model.asked.wait(30)
        front.interrupt()
        front.interrupt()

    threading.Thread(target=interrupt).start()
    assert front.run("%%k2\nthink").reply["ename"] in ("TurnInterrupted", "KeyboardInterrupt")
    model.released.set()
    again = front.run("%%k2\nthink again")
    assert again.reply["status"] == "ok", again.reply
    assert "late" in again.card


def test_an_interrupt_at_the_prompt_is_no_approval(
    asking: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = asking(Runs())
    monkeypatch.setattr(front, "on_prompt", front.interrupt)
    shown = front.run(request("never = 1"))
    assert shown.reply["ename"] == "TurnInterrupted"
    assert front.value("'never' in globals()") == "False"


# An agent that hangs


def test_a_hung_agent_is_noticed_and_ended(asking: Asked) -> None:
    front = asking(Runs())
    front.run(request("x = 1"), answers=YES)
    front.run("import k2_jupyter.in_kernel.magic.agent_feed as feed\nfeed.SILENCE_SECONDS = 1.0")
    agent = agent_of(front)
    agent.send_signal(signal.SIGSTOP)
    shown = front.run(request("x = 2"), answers=YES)
    assert shown.reply["ename"] == "TurnFailed"
    assert "no sign of life" in shown.reply["evalue"]
    assert not agent.is_running()
    front.run("feed.SILENCE_SECONDS = 30.0")
    assert front.run(request("x = 3"), answers=YES).reply["status"] == "ok"
    assert front.value("x") == "3"


def test_what_a_hung_turn_asks_later_is_refused(asking: Asked) -> None:
    front = asking(Runs())
    front.run(request("x = 1"), answers=YES)
    agent = agent_of(front)
    agent.send_signal(signal.SIGSTOP)

    def interrupt(kind: str, content: dict[str, Any]) -> None:
        if kind == "execute_input":
            threading.Timer(1.0, front.interrupt).start()

    shown = front.run(request("late = 1"), answers=YES, watch=interrupt)
    assert shown.reply["ename"] == "TurnInterrupted"
    agent.send_signal(signal.SIGCONT)
    assert front.run(request("x = 2"), answers=YES).reply["status"] == "ok"
    assert front.value("(x, 'late' in globals())") == "(2, False)"


def test_an_agent_that_thinks_for_long_is_alive(asking: Asked) -> None:
    model = Silent()
    front = asking(model)
    front.run("%k2 help")  # it takes its time to start
    front.run("import k2_jupyter.in_kernel.magic.agent_feed as feed\nfeed.SILENCE_SECONDS = 2.0")
    threading.Timer(5.0, model.released.set).start()
    shown = front.run("%%k2\nthink for long")
    assert shown.reply["status"] == "ok", shown.reply
    front.run("feed.SILENCE_SECONDS = 30.0")


# Commands and options


def test_undo_takes_the_names_of_the_last_turn_back(asking: Asked) -> None:
    front = asking(Runs())
    front.run("kept, data, grown = 1, [1], [1]")
    front.run(request("data = [2]\ngrown.append(2)\nnew = 3\nimport math"), answers=YES)
    (said,) = front.run("%k2 undo").data("text/plain")
    assert "Removed: math, new." in said
    assert "As before: data." in said
    assert "can't be undone: grown." in said
    assert front.value("(kept, data, 'new' in globals(), 'math' in globals())") == (
        "(1, [1], False, False)"
    )


def test_fix_sends_the_last_error_and_explain_the_last_cell(asking: Asked) -> None:
    model = Runs()
    front = asking(model)
    front.run("total = 3\ntotal / 0")
    front.run("fine = 1")
    front.run("%k2 fix", answers=["n"] * 9)
    assert "total = 3\ntotal / 0" in model.asked_for
    assert "ZeroDivisionError: division by zero" in model.asked_for
    front.run("%k2 explain", answers=["n"] * 9)
    assert "Explain what this cell does" in model.asked_for


def test_a_request_describes_the_variables_that_it_names(asking: Asked) -> None:
    model = Runs()
    front = asking(model)
    front.run("numbers = list(range(1000))")
    front.run("%%k2\n'{numbers}'", answers=YES)
    assert "numbers (list" in model.asked_for
    assert "998" not in model.asked_for


def test_autoreload_between_turns(asked: Asked, tmp_path: Path) -> None:
    front = asked(Runs())
    module = tmp_path / "own.py"
    module.write_text("value = 1\n")
    front.run("%load_ext autoreload\n%autoreload 2\nimport own")
    front.run(request("first = own.value"), answers=YES)
    module.write_text("value = 22\n")
    front.run(request("second = own.value"), answers=YES)
    assert front.value("(first, second)") == "(1, 22)"


def test_settings_can_only_restrict(asking: Asked) -> None:
    front = asking(Runs())
    front.run("%config K2Magics.plan = True")
    front.run(request("never = 1"), answers=YES)
    assert front.value("'never' in globals()") == "False"
    front.run("%config K2Magics.plan = False")
    assert "less than 0" in front.run("%config K2Magics.max_steps = -1").text("stderr")


def test_a_setting_names_no_model_that_the_user_has_not_configured(asked: Asked) -> None:
    def play(body: dict[str, Any]) -> AssistantMessage:
        raise AssertionError("asked")

    front = asked(play)
    front.run("%config K2Magics.model = 'nobody'")
    shown = front.run("%%k2\nhello")
    assert "`nobody` is no model that you have configured" in shown.reply["evalue"]
    front.run("%config K2Magics.model = 'offline'")
    assert "offline analyst" in front.run("%%k2\nhello").card


@pytest.mark.parametrize(
    ("said", "default", "least"), [(50, 3, 3), (2, 3, 2), (None, 3, 3), (2, 0, 2), (None, 0, 0)]
)
def test_the_stricter_limit_counts(said: int | None, default: int, least: int) -> None:
    assert magics._least(said, default, "--max-steps") == least


@pytest.mark.parametrize(
    ("typed", "offered", "not_offered"),
    [
        ("%k2 ", {"status", "undo", "fix", "--plan"}, set()),
        ("%k2 st", {"status"}, {"undo"}),
        ("%k2 save --", {"--plan"}, {"status"}),
        ("%%k2 --", {"--plan", "--max-steps", "--again"}, {"status"}),
        ("%%k2 --max", {"--max-steps", "--max-cost"}, {"--plan"}),
    ],
)
def test_tab(extension: FrontEnd, typed: str, offered: set[str], not_offered: set[str]) -> None:
    matches = set(extension.client.complete(typed, reply=True)["content"]["matches"])
    assert offered <= matches
    assert not matches & not_offered


def test_every_option_and_command_is_offered_and_explained() -> None:
    explained = magics.K2Magics.k2.__doc__
    options = set(re.findall(r"--[a-z][a-z-]+", explained))
    assert options == set(completion.OPTIONS)
    assert set(re.findall(r"^ *%k2 ([a-z]+) ", explained, re.MULTILINE)) == set(completion.COMMANDS)


@pytest.mark.parametrize("asked_with", ["%k2?", "%%k2?"])
def test_help_names_all_options_and_commands(extension: FrontEnd, asked_with: str) -> None:
    (page,) = extension.run(asked_with).reply["payload"]
    for word in ("--max-cost", "%k2 undo", "{df}", "%config K2Magics"):
        assert word in page["data"]["text/plain"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%k2 dance", "the commands are"),
        ("%%k2\n\n", "stands below"),
        ("%%k2 --max-steps 0\nhello", "more than 0"),
    ],
)
def test_a_mistake_is_said_before_anything_starts(
    extension: FrontEnd, cell: str, said: str
) -> None:
    shown = extension.run(cell)
    assert said in shown.reply["evalue"]
    assert psutil.Process(extension.pid).children() == []
