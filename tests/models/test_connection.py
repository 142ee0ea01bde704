from __future__ import annotations

from collections.abc import Callable

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.models.connection import Connection
from k2_jupyter.models.profiles import EndpointProfile
from k2_jupyter.models.retry import Transient
from tests.loopback import Play, Server


def test_a_line_cut_while_it_connects_sends_nothing(serve: Callable[[Play], Server]) -> None:
    server = serve(lambda body: AssistantMessage("too late"))
    line = Connection(EndpointProfile(server.base_url), None, silence=10.0)
    line.cut()
    assert isinstance(line.send(b"{}", "m").wait(30), Transient)
    assert server.bodies == []
