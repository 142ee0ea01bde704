"""What the user of a kernel agrees to before the first cell of a turn."""

from __future__ import annotations

from pathlib import Path

from k2_jupyter.settings import Settings

_MOST_STANDING = 2_000


def agreement(settings: Settings) -> str:
    """What will be done where, and what is sent to whom."""
    where = "nothing leaves this machine"
    if settings.sent_to is not None:
        where = f"the request, outputs and descriptions of variables go to {settings.sent_to}"
    return f"K2 writes and runs cells in this kernel, with your variables; {where}"


class StandingFiles:
    """Files that stood in a folder before the first turn there: the user's."""

    def __init__(self) -> None:
        self._found: dict[Path, tuple[str, ...]] = {}

    def of(self, folder: Path) -> tuple[str, ...]:
        """Names, sorted; of a folder that cannot be read none."""
        if folder not in self._found:
            try:
                names = [path.name for path in folder.iterdir() if path.is_file()]
            except OSError:  # gone, or not ours to read
                names = []
            self._found[folder] = tuple(sorted(names)[:_MOST_STANDING])
        return self._found[folder]
