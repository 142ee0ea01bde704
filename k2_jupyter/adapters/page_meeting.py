"""What happens when a page and the replica meet: neither may lose or double a cell.

A page comes for the first time, after a reload with an old state of the file, or becomes
the one that leads. The user's cells and sources are the page's; the agent's are the
replica's, as long as the page has them as the agent wrote them.
"""

from __future__ import annotations

from k2_jupyter.adapters.page_replica import Past, Replica
from k2_jupyter.adapters.page_view import View
from k2_jupyter.notebook.base import Cell


def learn(replica: Replica, view: View) -> None:
    """Take over what the page has of the user's."""
    first = not replica.cells
    for cell in view.cells.values():
        past = replica.past(cell.id)
        if view.is_changing(cell.id) or past.is_left_over(cell):
            continue
        if cell.id in replica.cells:
            _compare(replica, cell)
            continue
        replica.take(cell)
        if not first:
            replica.changes.note(cell.id, "added")
    for cell_id in [*replica.cells]:
        is_users = cell_id in view.dropped or not replica.past(cell_id).made
        if is_users and not view.has(cell_id):
            replica.user_deleted(cell_id)
    replica.reorder([*view.cells])


def _compare(replica: Replica, cell: Cell) -> None:
    past = replica.past(cell.id)
    if cell.hash not in past.written:
        replica.take_source(cell)
    count = cell.execution_count
    if count is not None and count not in past.counts and cell.id not in replica.running:
        replica.take_outputs(cell)


def fill(replica: Replica, view: View) -> None:
    """Tell the page what it lacks of the agent's work."""
    for cell in replica.cells.values():
        past = replica.past(cell.id)
        if not view.has(cell.id):
            if not past.made or cell.id in view.dropped:
                continue
            view.insert(cell, replica.before(cell.id))
        elif view.is_changing(cell.id):
            continue
        else:
            there = view.cells[cell.id]
            if there.source != cell.source and there.hash in past.written:
                view.replace(cell, there.hash).counted = True
        waits = cell.id in replica.running or view.is_filling(cell.id)
        if not waits and _lacks(view, cell, past):
            view.outputs(cell)
    for cell in [*view.cells.values()]:
        if replica.past(cell.id).is_left_over(cell) and not view.is_changing(cell.id):
            view.delete(cell).counted = True


def _lacks(view: View, cell: Cell, past: Past) -> bool:
    """Does the page show no run, or an older one of the agent's?"""
    if not past.counts or past.cleared:
        return False
    there = view.cells.get(cell.id)
    if there is None:
        return bool(cell.outputs) or cell.execution_count is not None
    count = there.execution_count
    return count != cell.execution_count and (count is None or count in past.counts)
