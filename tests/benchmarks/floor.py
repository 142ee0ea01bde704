"""The least that a step can cost: raw HTTP, jupyter_client, the whole history sent again.

Usage: python floor.py BASE_URL FOLDER
"""

from __future__ import annotations

import http.client
import json
import sys
from typing import Any
from urllib.parse import urlsplit

from jupyter_client.manager import KernelManager


def main(base_url: str, folder: str) -> None:
    address = urlsplit(base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=folder)
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready()
    messages: list[dict[str, Any]] = [{"role": "user", "content": "go"}]
    while True:
        body = json.dumps({"model": "bench", "stream": True, "messages": messages})
        connection.request("POST", f"{address.path}/chat/completions", body)
        content, arguments, name, call_id = _answer(connection.getresponse())
        if name == "finish":
            break
        printed: list[str] = []
        client.execute_interactive(
            json.loads(arguments)["source"],
            output_hook=lambda message, into=printed: into.append(
                message["content"].get("text", "")
            ),
        )
        call = {"id": call_id, "type": "function"}
        function = {"name": name, "arguments": arguments}
        messages += [
            {
                "role": "assistant",
                "content": content,
                "tool_calls": [{**call, "function": function}],
            },
            {"role": "tool", "tool_call_id": call_id, "content": "".join(printed)},
        ]
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def _answer(response: http.client.HTTPResponse) -> tuple[str, str, str, str]:
    content = arguments = name = call_id = ""
    for line in response:
        if not line.startswith(b"data: {"):
            continue
        for choice in json.loads(line[6:])["choices"]:
            delta = choice["delta"]
            content += delta.get("content", "")
            for call in delta.get("tool_calls", ()):
                call_id = call.get("id", call_id)
                name = call["function"].get("name", name)
                arguments += call["function"]["arguments"]
    return content, arguments, name, call_id


if __name__ == "__main__":
    main(*sys.argv[1:])
