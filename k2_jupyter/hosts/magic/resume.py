"""``%k2 resume``: a conversation whose kernel was lost, from its records."""

from __future__ import annotations

from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.magic.asked import Place
from k2_jupyter.hosts.magic.end import End
from k2_jupyter.hosts.magic.turn import HOST, Turns
from k2_jupyter.journal.recall import RecordedTurn, newest_begun, recall
from k2_jupyter.settings import state_folder


def resume(turns: Turns, place: Place) -> End:
    """The newest turn of this folder, and those that it built on. Raises `K2Error`."""
    if turns.begun and not (turns.card and turns.card.finished is None):
        raise SettingsError(
            "Nothing to resume: the last turn ended in this kernel, and the next %%k2 goes on "
            "from it. `%k2 resume` is for a kernel that was restarted."
        )
    last = _last(place)
    if last is None:
        raise SettingsError("Your journal has no turn of this folder.")
    turns.begin(place)
    end = End("done")
    for earlier in last.facts.get("earlier", ()):
        before = recall(state_folder(), str(earlier))
        if before.completed:
            end = turns.resume(before, place)
            if end.status not in ("done", "cannot"):
                return end
    return end if "undone" in last.facts else turns.resume(last, place)


def _last(place: Place) -> RecordedTurn | None:
    """The newest record; of a replay, what was replayed."""
    record = newest_begun(state_folder(), host=HOST, folder=str(place.folder))
    while record is not None and isinstance(record.facts.get("replayed"), str):
        record = recall(state_folder(), record.facts["replayed"])
    return record
