"""What a model that can see is shown of the outputs: each picture once, within its limits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from k2_jupyter.messages import Image
from k2_jupyter.notebook.pictures import decoded, fitted, picture_in
from k2_jupyter.outputs import Display, Output

_MOST_IMAGES = 4


class Sight:
    """The eyes of one conversation: they know which pictures it has been shown."""

    def __init__(self, *, most_bytes: int, longest_side: int) -> None:
        self._most_bytes = most_bytes
        self._longest_side = longest_side
        self._seen: set[bytes] = set()

    def look(self, outputs: Iterable[Output]) -> tuple[Image, ...]:
        """The newest pictures among the outputs that were not shown before, at most four."""
        new: dict[bytes, Display] = {}
        for output in outputs:
            if isinstance(output, Display) and (picture := picture_in(output.data)):
                mark = hashlib.sha256(picture[1].encode()).digest()
                if mark not in self._seen:
                    new.setdefault(mark, output)
        chosen = dict(list(new.items())[-_MOST_IMAGES:])
        self._seen.update(chosen)
        images = map(self.look_again, chosen.values())
        return tuple(image for image in images if image is not None)

    def look_again(self, display: Display) -> Image | None:
        """The picture of an output, shown before or not; ``None`` without a good one."""
        picture = picture_in(display.data)
        if picture is None:
            return None
        return fitted(
            decoded(picture[1]), most_bytes=self._most_bytes, longest_side=self._longest_side
        )
