"""What may be shown of a text while it comes: all but tool markup, and what may become it."""

from __future__ import annotations

import re

_BEGINS = (
    "<|tool_calls_section_begin|>", "<|tool_call_section_begin|>", "<|tool_call_begin|>",
)  # fmt: skip
_ENDS = ("<|tool_calls_section_end|>", "<|tool_call_section_end|>")
_OTHERS = ("<|tool_call_argument_begin|>", "<|tool_call_end|>", "<|im_end|>")
_THINK, _THOUGHT = "<think>", "</think>"
_MARKERS = (*_BEGINS, *_ENDS, *_OTHERS, _THINK, _THOUGHT)
_MARKER = re.compile("|".join(re.escape(marker) for marker in _MARKERS))


class Veil:
    """Passes a text on piece by piece. What it passes does not depend on where it was cut.

    A quotation of markup is hidden too: whether it is one, the whole text tells.
    """

    def __init__(self) -> None:
        self._held = ""
        self._is_empty = True
        self._is_hiding = False
        self._is_thinking = False

    def passes(self, piece: str) -> list[tuple[bool, str]]:
        """(is it reasoning, text), in order; an end that may begin a marker is held back."""
        text, self._held = self._held + piece, ""
        if "<" not in text:
            return self._open(text)
        passed: list[tuple[bool, str]] = []
        position = 0
        for marker in _MARKER.finditer(text):
            passed += self._open(text[position : marker.start()])
            self._meet(marker[0])
            position = marker.end()
        rest = text[position:]
        last = rest.rfind("<")
        if last >= 0 and any(marker.startswith(rest[last:]) for marker in _MARKERS):
            rest, self._held = rest[:last], rest[last:]
        return passed + self._open(rest)

    def rest(self) -> list[tuple[bool, str]]:
        """What was held back, once nothing more comes."""
        text, self._held = self._held, ""
        return self._open(text)

    def _open(self, text: str) -> list[tuple[bool, str]]:
        if not text or self._is_hiding:
            return []
        self._is_empty = self._is_empty and text.isspace()
        return [(self._is_thinking, text)]

    def _meet(self, marker: str) -> None:
        if marker in _BEGINS:
            self._is_hiding = True
        elif marker in _ENDS:
            self._is_hiding = False
        elif marker == _THINK:
            self._is_thinking = self._is_empty
        elif marker == _THOUGHT:
            self._is_thinking = False
