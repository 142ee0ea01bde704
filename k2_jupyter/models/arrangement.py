"""The messages that go out: the pictures of results in messages of their own. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.messages import AssistantMessage, Image, Message, ToolMessage, UserMessage

_PICTURES = "Images of the outputs above:"
"""A tool message takes text only by the specification; the pictures follow as the user's."""


class Arrangement:
    """Of one conversation. Without `pictures` none go out; `merges` user messages in a row."""

    def __init__(self, *, pictures: bool, merges: bool) -> None:
        self._sees = pictures
        self._merges = merges
        self._shown: dict[tuple[int, ...], UserMessage] = {}

    def of(self, messages: Sequence[Message]) -> Sequence[Message]:
        """What is sent for these; for the same messages the same objects."""
        arranged: list[Message] = []
        pictures: list[Image] = []
        shown: dict[tuple[int, ...], UserMessage] = {}
        for message in (*messages, None):
            if isinstance(message, AssistantMessage) and not (message.text or message.calls):
                continue  # "message … with role 'assistant' must not be empty" (HTTP 400)
            if pictures and not isinstance(message, ToolMessage):
                key = tuple(id(image) for image in pictures)
                shown[key] = self._shown.get(key) or UserMessage(_PICTURES, tuple(pictures))
                arranged.append(shown[key])
                pictures = []
            if message is not None:
                arranged.append(message)
            if isinstance(message, ToolMessage) and self._sees:
                pictures += message.result.images
        self._shown = shown
        return _merged(arranged) if self._merges else arranged


def images_of(message: Message) -> tuple[Image, ...]:
    """The pictures in a message, wherever it has them."""
    if isinstance(message, UserMessage):
        return message.images
    return message.result.images if isinstance(message, ToolMessage) else ()


def _merged(messages: Sequence[Message]) -> list[Message]:
    """User messages that follow each other as one."""
    kept: list[Message] = []
    for message in messages:
        last = kept[-1] if kept else None
        if isinstance(message, UserMessage) and isinstance(last, UserMessage):
            text = "\n\n".join(part for part in (last.text, message.text) if part)
            kept[-1] = UserMessage(text, last.images + message.images)
        else:
            kept.append(message)
    return kept
