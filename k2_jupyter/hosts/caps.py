"""What a turn may use at most: the usual, the user's ``config.toml`` and options in one place."""

from __future__ import annotations

from k2_jupyter.agent.limits import Limits
from k2_jupyter.errors import SettingsError
from k2_jupyter.settings import Settings

_NO_PRICES = (
    "The cost can't be kept below a limit: no prices are known of `{model}`. Leave the limit in "
    "dollars out (--max-cost, or `max_cost` in config.toml), or limit the steps."
)


def caps(
    settings: Settings,
    *,
    steps: float | None = None,
    seconds: float | None = None,
    dollars: float | None = None,
    only_lower: bool = False,
) -> Limits:
    """What is usual, or what the user has configured instead; options lower what is configured.

    `only_lower`: whoever gave the options (a notebook) may not go above what is usual either.
    Raises `SettingsError` for a limit in dollars where no prices are known.
    """
    own, usual = settings.preferences, Limits()

    def held(normal: float, configured: float | None, asked: float | None) -> float:
        most = normal if configured is None and (only_lower or asked is None) else configured
        return min(limit for limit in (most, asked) if limit is not None)

    costs = [cost for cost in (own.max_cost, dollars) if cost is not None]
    if costs and settings.endpoint is not None and settings.model.prices is None:
        raise SettingsError(_NO_PRICES.format(model=settings.model.name))
    return Limits(
        steps=int(held(usual.steps, own.max_steps, steps)),
        calls=usual.calls,
        seconds=held(usual.seconds, own.max_seconds, seconds),
        dollars=min(costs, default=None),
    )
