"""What the server's administrator allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from k2_jupyter.agent.limits import Limits
from k2_jupyter.errors import SettingsError
from k2_jupyter.events import CapName, CapRequest, Extension
from k2_jupyter.settings import Settings

_BY_ADMINISTRATOR = "Switched off by the administrator of this server."
_ONLY_HERE = "The administrator of this server allows only models that run on this machine."


@dataclass(frozen=True, slots=True)
class Rules:
    """The traits of `extension.K2`; their docstrings say what each means."""

    enabled: bool = True
    allow_login: bool = True
    allow_hosted: bool = True
    allow_kinds: bool = True
    max_steps: int | None = None
    max_seconds: float | None = None
    max_dollars: float | None = None

    @property
    def off(self) -> dict[str, str]:
        """Feature → why it is not there."""
        found = {}
        if not self.enabled:
            found["panel"] = _BY_ADMINISTRATOR
        if not self.allow_login:
            found["login"] = _BY_ADMINISTRATOR
        if not self.allow_hosted:
            found["send"] = _ONLY_HERE
        if not self.allow_kinds:
            found["approve_kinds"] = _BY_ADMINISTRATOR
        return found

    def check(self, settings: Settings) -> Settings:
        """The same settings. Raises `SettingsError` where their model may not be used."""
        if settings.sent_to is not None and not self.allow_hosted:
            raise SettingsError(_ONLY_HERE)
        return settings

    def lowest(self, name: CapName, asked: float | None) -> float | None:
        """The lower of what is asked for and what is allowed; ``None``: neither says."""
        known = [limit for limit in (self._most.get(name), asked) if limit is not None]
        return min(known, default=None)

    def within(self, limits: Limits) -> Limits:
        """The limits, none above what is allowed."""
        steps = self.lowest("steps", limits.steps)
        seconds = self.lowest("seconds", limits.seconds)
        return replace(limits, steps=int(steps or 1), seconds=seconds or 1.0)

    def left(self, request: CapRequest) -> float:
        """How much more may be granted of what ran out."""
        most = self._most.get(request.limit)
        if most is None or request.period == "day":
            return float("inf")
        # Time is granted from now on, the others on top of what was allowed.
        return most - (request.used if request.limit == "seconds" else request.allowed)

    def granted(self, request: CapRequest, extension: Extension) -> Extension | None:
        """What may be granted of an extension; ``None``: nothing."""
        extra = min(extension.extra, self.left(request))
        return Extension(extra) if extra > 0 else None

    @property
    def _most(self) -> Mapping[CapName, float]:
        said: dict[CapName, float | None] = {
            "steps": self.max_steps,
            "seconds": self.max_seconds,
            "dollars": self.max_dollars,
        }
        return {name: most for name, most in said.items() if most is not None}
