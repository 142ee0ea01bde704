"""What the `openai` client alone needs to read the same answers: no agent, no kernel.

Usage: python client.py BASE_URL FOLDER
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import openai


def main(base_url: str, folder: str) -> None:
    client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)
    name = ""
    with Path(folder, "marks.txt").open("w") as marks:
        while name != "finish":
            stream = client.chat.completions.create(
                model="bench", messages=[{"role": "user", "content": "go"}], stream=True
            )
            for chunk in stream:
                for choice in chunk.choices:
                    for call in choice.delta.tool_calls or ():
                        function = call.function
                        name = (function and function.name) or name
            if name != "finish":
                now = time.monotonic()
                marks.write(f"start {now}\nend {now}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
