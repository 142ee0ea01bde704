"""The agent's events as the page gets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from k2_jupyter.events import CallFinished, CellFinished, Event, Notice
from k2_jupyter.journal.records import encode
from k2_jupyter.messages import Json

LONGEST_RESULT = 2_000
"""Characters of an observation that a page shows; the cell itself has the rest."""


def told(event: Event) -> Mapping[str, Json]:
    """One event; what the notebook shows anyway, or nobody reads, is left out."""
    match event:
        case CellFinished():
            event = replace(event, outputs=())
        case Notice():
            event = replace(event, detail="")
        case CallFinished(call=call, position=position, result=result, seconds=seconds):
            first = result.text.strip().partition("\n")[0]
            return {
                "type": "CallFinished",
                "call": encode(call),
                "position": position,
                "result": {
                    "is_error": result.is_error,
                    "gist": result.gist or first[:LONGEST_RESULT],
                    "text": result.text[:LONGEST_RESULT],
                },
                "seconds": seconds,
            }
    encoded = encode(event)
    assert isinstance(encoded, Mapping)  # noqa: S101  a record is encoded as an object
    return encoded
