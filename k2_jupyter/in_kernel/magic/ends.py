"""How a turn ends that came to no conclusion: the cells behind it should not run."""

from __future__ import annotations


class TurnFailed(Exception):  # noqa: N818 - read by users as it stands
    """What went wrong, in words for the user."""

    def _render_traceback_(self) -> list[str]:
        return [f"K2: {self}"]


class TurnInterrupted(KeyboardInterrupt):
    """The user interrupted the turn."""

    def _render_traceback_(self) -> list[str]:
        return ["K2: interrupted. The variables are kept; the next %%k2 goes on from here."]
