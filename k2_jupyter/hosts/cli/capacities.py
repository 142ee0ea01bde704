"""What `k2 check` finds out about the sizes and senses of a model."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from k2_jupyter.hosts.cli.asker import Asker
from k2_jupyter.hosts.cli.finding import Finding, Rows, prompt, row, tried
from k2_jupyter.messages import Image

_BUDGET = 16
"""Tokens of an answer that is meant to be longer."""
_LEAST_WINDOW = 16_384
"""Tokens. The instructions and tools are some 4,000 of them, each observation may be 400 to
4,000, and an answer with a long cell as much."""
_WINDOW_KEYS = ("max_model_len", "context_length", "context_window", "n_ctx")
"""Fields in which lists of models have been seen to tell the window (2026-11)."""


def image(asker: Asker) -> Rows:
    """Whether it sees which colour a picture is."""
    what = "sees images"
    change = f"vision = false under [profiles.{asker.profile.name!r}] in config.toml"
    question = replace(prompt("image"), images=(_red(),))
    asked = yield from tried(what, asker, "image", [question], change=change)
    if asked is None:
        return None
    if asked.reasons:
        lost = f"{'; '.join(asked.reasons)}: figures are described in words"
        yield Finding(what, "worked around", lost)
    elif "red" not in asked.answer.text.lower():
        blind = "it did not see that the picture is red: figures are described in words too"
        yield Finding(what, "worked around", blind, change)
    else:
        yield Finding(what, "works")
    return asked.answer


def length(asker: Asker) -> Rows:
    """Whether the budget of an answer is kept to."""
    what = "keeps to a length"
    asked = yield from tried(what, asker, "length", [prompt("text")], budget=_BUDGET)
    if asked is None:
        return None
    if asked.answer.finish == "length":
        yield row(what, asked, f"stopped after {_BUDGET} tokens")
    else:
        yield Finding(what, "worked around", "it writes on: only the time ends a long answer")
    return asked.answer


def window(asker: Asker) -> Finding:
    """Whether its list of models tells a window as long as the assumed one."""
    what, assumed = "context window", asker.model.profile.context_tokens
    size = _listed_window(asker.model.listed())
    if size is None:
        return Finding(what, "unknown", f"it does not tell; {assumed:,} tokens are assumed")
    if size < _LEAST_WINDOW:
        small = f"{size:,} tokens: too few for an analysis"
        return Finding(what, "will fail", small, f"start its server with {_LEAST_WINDOW:,} or more")
    if size < assumed:
        change = (
            f'context_tokens = {size} under [endpoints."{asker.endpoint.base_url}"] in config.toml'
        )
        learnt = f"{size:,} tokens, not {assumed:,}: learnt from its first refusal"
        return Finding(what, "worked around", learnt, change)
    return Finding(what, "works", f"{size:,} tokens")


def _listed_window(entry: Mapping[str, Any]) -> int | None:
    meta = entry.get("meta")
    for place in (entry, meta if isinstance(meta, Mapping) else {}):
        for key in _WINDOW_KEYS:
            if isinstance(place.get(key), int) and place[key] > 0:
                return int(place[key])
    return None


def _red() -> Image:
    from PIL import Image as Picture

    file = io.BytesIO()
    Picture.new("RGB", (64, 64), "red").save(file, "PNG")
    return Image("image/png", file.getvalue())
