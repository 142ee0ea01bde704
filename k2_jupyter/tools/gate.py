"""Asks before a risky cell runs, and before something of the user's is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from typing import Literal

from k2_jupyter.events import Approval, ApprovalRequest, EventStream
from k2_jupyter.tools.triage import Risk

REFUSED = (
    "Not approved: {reasons}. {comment}The cell did not run. Do not work around this: "
    "take a way that does not need it, or say in the conclusion what you could not do."
)


class Gate:
    """Decides by triage when to ask; the person's answer decides what happens."""

    def __init__(
        self,
        triage: Callable[[str], tuple[Risk, ...]],
        *,
        allowed: Collection[str] = (),
        task: Sequence[str] = (),
        epoch: Callable[[], int] = int,
    ) -> None:
        """`task`: what the person agrees to before the first cell; nothing if empty.

        `epoch` is the kernel's: who agreed to the task did so for the kernel as it was.
        """
        self._triage = triage
        self._allowed = frozenset(allowed)
        self._task = tuple(task)
        self._epoch = epoch
        self._agreed: int | None = None
        """The epoch for which the person agreed to the task."""

    def admit(self, source: str) -> EventStream[str]:
        """ "" when this exact source may run, else the refusal for the model."""
        risks = [risk for risk in self._triage(source) if risk.kind not in self._allowed]
        epoch = self._epoch()
        task = () if epoch == self._agreed else self._task
        if not risks and not task:
            return ""
        reasons = (*task, *(f"line {risk.line}: {risk.reason}" for risk in risks))
        kinds = tuple(dict.fromkeys(risk.kind for risk in risks))
        digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
        request = ApprovalRequest("run", reasons, kinds, code=source, digest=digest)
        refusal = yield from _refusal(request)
        if not refusal:
            self._agreed = epoch
        return refusal

    def confirm(
        self, action: Literal["edit", "restart"], reason: str, *, code: str = ""
    ) -> EventStream[str]:
        """ "" when the person agrees to the action, else the refusal for the model."""
        return (yield from _refusal(ApprovalRequest(action, (reason,), code=code)))


def _refusal(request: ApprovalRequest) -> EventStream[str]:
    answer = yield request
    if isinstance(answer, Approval) and answer.granted:
        return ""
    said = answer.comment.rstrip(".") if isinstance(answer, Approval) else ""
    return REFUSED.format(reasons="; ".join(request.reasons), comment=f"{said}. " if said else "")
