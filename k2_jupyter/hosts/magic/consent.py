"""What a turn may do unasked in the user's own kernel, and who is asked about the rest."""

from __future__ import annotations

from dataclasses import dataclass, field

from k2_jupyter.adapters.ipython_source import transform
from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.build import Policy
from k2_jupyter.hosts.consent import StandingFiles, agreement
from k2_jupyter.hosts.magic.asked import Place
from k2_jupyter.settings import Settings, config_folder, shown_preferences, state_folder
from k2_jupyter.tools.triage import Triage

_NOBODY = (
    "Nobody can be asked here (the notebook runs without input), and this request has no record "
    "in your journal: nothing was sent and nothing ran. Run the cell in a notebook that you have "
    "open, or allow it in your own configuration: `headless = true` in {preferences}."
)


@dataclass(slots=True)
class Consent:
    """Of one kernel's user."""

    always: bool = False
    """Whether plain cells need no approval any more."""
    _standing: StandingFiles = field(default_factory=StandingFiles)

    def policy(self, settings: Settings, place: Place, *, plan_only: bool = False) -> Policy:
        """For a turn at a place."""
        return Policy(
            protected=self._standing.of(place.folder),
            private=[str(config_folder()), str(state_folder())],
            plan_only=plan_only,
            task=() if self.always else (agreement(settings),),
        )

    def triage(self, settings: Settings, place: Place) -> Triage:
        """The same for cells that no agent asks for."""
        policy = self.policy(settings, place)
        return Triage(transform, protected=policy.protected, private=policy.private)


def check_somebody(settings: Settings, place: Place) -> None:
    """Before a model is asked. Raises `SettingsError` where nobody is there to approve."""
    if not place.stdin and not settings.preferences.headless:
        raise SettingsError(_NOBODY.format(preferences=shown_preferences()))
