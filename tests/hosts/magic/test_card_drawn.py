"""How the kernel's end draws the card, by what the front end has shown that it can draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from k2_jupyter.messages import AssistantMessage
from tests.hosts.magic.front_end import FrontEnd, Shown
from tests.loopback import Play

VIEW = "application/vnd.jupyter.widget-view+json"
HTML, TEXT = "text/html", "text/plain"
FORGET = "del get_ipython().magics_manager.registry['K2Magics']"


def says(body: dict[str, Any]) -> AssistantMessage:
    return AssistantMessage("All is said.")


def cards(shown: Shown) -> list[tuple[str, list[str]]]:
    """Each time the card was shown or replaced, and by what."""
    return [
        (kind, sorted(content["data"]))
        for kind, content in shown.messages
        if content.get("data", {}).get(TEXT, "").startswith("K2 ·")
    ]


def comms(shown: Shown) -> list[str]:
    return [kind for kind, _ in shown.messages if kind.startswith("comm_")]


def carried_out(front: FrontEnd, shown: Shown) -> None:
    """Answer as a widget manager does: the link's target takes the value of its source."""
    layout, link = [content for kind, content in shown.messages if kind == "comm_open"]
    source, target = (link["data"]["state"][end] for end in ("source", "target"))
    assert source[0] == target[0] == f"IPY_MODEL_{layout['comm_id']}"
    value = {target[1]: layout["data"]["state"][source[1]]}
    data = {"method": "update", "state": value, "buffer_paths": []}
    content = {"comm_id": layout["comm_id"], "data": data}
    front.client.shell_channel.send(front.client.session.msg("comm_msg", content))


def test_a_silent_front_end_gets_the_display_replaced(asked: Callable[[Play], FrontEnd]) -> None:
    shown = asked(says).run("%%k2\nsay it")
    assert {tuple(data) for _, data in cards(shown)} == {(HTML, TEXT)}
    assert [kind for kind, _ in cards(shown)][:1] == ["display_data"]
    assert {kind for kind, _ in cards(shown)[1:]} == {"update_display_data"}
    assert comms(shown) == []


def test_a_front_end_that_answers_gets_widgets_and_keeps_none(
    asked: Callable[[Play], FrontEnd],
) -> None:
    front = asked(says)
    front.run(FORGET)
    carried_out(front, front.run("%reload_ext k2_jupyter"))
    shown = front.run("%%k2\nsay it")
    (first, begun), (last, ended) = cards(shown)
    assert (first, begun) == ("display_data", [VIEW, HTML, TEXT])
    assert (last, ended) == ("update_display_data", [HTML, TEXT])
    assert "comm_msg" in comms(shown)
    assert comms(shown).count("comm_close") >= comms(shown).count("comm_open") > 0


def test_where_nobody_answers_prompts_no_widgets_are_asked_for(
    asked: Callable[[Play], FrontEnd],
) -> None:
    front = asked(says)
    front.run(FORGET)
    assert comms(front.run("%reload_ext k2_jupyter", stdin=False)) == []
