"""Shows a turn's card in the magic's cell. Standard library and IPython.

With widgets where the front end has shown that it draws them, else by replacing the
display. In the end the display is the card as static HTML, whatever drew it before.
"""

from __future__ import annotations

from typing import Any

from .pipe import Message
from .widgets import Board, Probe

_ELSEWHERE = ("asking", "asked")
"""Parts that do not stand in the card itself."""


class Card:
    """One turn's; `place` shows displays, `shown` names one that the card is to replace."""

    def __init__(self, place: Any, shown: str, probe: Probe | None) -> None:
        self._place, self._shown = place, shown
        self._widgets = probe is not None and probe.answered
        self._board: Board | None = None
        self._last: Message | None = None

    def draw(self, message: Message) -> None:
        """Show the turn as it is now."""
        self._last = message
        parts = _texts(message["parts"])
        if self._board is not None:
            self._board.draw(parts)
        elif self._widgets:
            self._show({**self._begun(parts), **_static(message)})
        else:
            self._show(_static(message))

    def ask(self, prompt: str) -> str | None:
        """Put the question that waits, right above the prompt; what the user types, or None."""
        parts = _texts(self._last["parts"], _ELSEWHERE) if self._last else {}
        asking, asked = (parts.get(name, "") for name in _ELSEWHERE)
        shown = self._place.question(asking) if asking else ""
        try:
            answer: str | None = self._place.prompt(prompt)
        finally:
            if shown:
                self._place.update(shown, {"text/html": asked, "text/plain": "K2 asked."})
        return answer

    def close(self) -> None:
        """Leave the last state as static HTML: it needs no kernel, no widgets and no script."""
        if self._board is not None and self._last is not None:
            self._show(_static(self._last))
            self._board.close()
            self._board = None

    def _begun(self, parts: dict[str, str]) -> dict[str, Any]:
        try:
            self._board = Board(parts)
        except ImportError:
            self._widgets = False
            return {}
        return self._board.view

    def _show(self, data: dict[str, Any]) -> None:
        if self._shown:
            self._place.update(self._shown, data)
        else:
            self._shown = self._place.show(data, update=True)


def _static(message: Message) -> dict[str, Any]:
    return {"text/html": message["html"], "text/plain": message["text"]}


def _texts(parts: dict[str, Any], names: tuple[str, ...] = ()) -> dict[str, str]:
    """Those parts, or all that stand in the card."""
    return {
        name: html
        for name, html in parts.items()
        if isinstance(html, str) and (name in names if names else name not in _ELSEWHERE)
    }
