"""What a turn may use at most: the usual, the user's ``config.toml`` and options in one place."""

from __future__ import annotations

from k2_jupyter.agent.limits import Day, DayLimits, Limits
from k2_jupyter.errors import SettingsError
from k2_jupyter.journal.ledger import Ledger
from k2_jupyter.settings import Settings, state_folder

_NO_PRICES = (
    "The cost can't be kept below a limit: no prices are known of `{model}`. Leave the limit in "
    "dollars out (--max-cost; `max_cost` and `max_cost_a_day` in config.toml), or limit the steps."
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
    known = settings.endpoint is None or settings.model.prices is not None
    if not known and (costs or own.max_cost_a_day is not None):
        raise SettingsError(_NO_PRICES.format(model=settings.model.name))
    return Limits(
        steps=int(held(usual.steps, own.max_steps, steps)),
        calls=usual.calls,
        seconds=held(usual.seconds, own.max_seconds, seconds),
        tokens=own.max_tokens,
        dollars=min(costs, default=None),
    )


def day(settings: Settings) -> Day | None:
    """What all turns of a day may use together, and where it is written down.

    ``None`` for the offline analyst, who uses nothing that has a limit.
    """
    if settings.endpoint is None:
        return None
    own = settings.preferences
    limits = DayLimits(
        own.max_steps_a_day, own.max_seconds_a_day, own.max_tokens_a_day, own.max_cost_a_day
    )
    return Day(Ledger(state_folder()), limits)
