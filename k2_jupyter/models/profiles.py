"""Facts about models and about endpoints; the only file that names a vendor.

A quirk is a field with a default, and its docstring says what was observed. Dates are of
the documentation or the observation. Prices change: they serve estimates only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

from k2_jupyter.errors import SettingsError
from k2_jupyter.messages import Json, Usage
from k2_jupyter.models.address import checked, host, is_loopback, origin

MaxTokensKey: TypeAlias = Literal["max_completion_tokens", "max_tokens"]
IdStyle: TypeAlias = Literal["received", "canonical"]

REASONING_KEYS = ("reasoning_content", "reasoning")
"""Fields that reasoning has been seen in, the first one present counts: Moonshot, SGLang,
llama.cpp; vLLM 0.16 and later (2026-01), OpenRouter. Some send both with the same text."""


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens."""

    cached_input: float
    """Input that the endpoint took from its prefix cache."""
    input: float
    output: float
    """Reasoning counts as output."""

    def of(self, usage: Usage) -> float:
        """US dollars for these tokens."""
        fresh = usage.input_tokens - usage.cached_tokens
        cost = fresh * self.input + usage.cached_tokens * self.cached_input
        return (cost + usage.output_tokens * self.output) / 1e6


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What is true of a model wherever it is served."""

    name: str
    """The id that goes out as ``model``."""
    context_tokens: int = 131_072
    """Input and output together. The default is what most open-weight models take; the
    Kimi family has 262,144 (K2) and 1,048,576 (K3, July 2026)."""
    output_tokens: int | None = None
    """Budget of one answer, reasoning included; ``None`` leaves it to the endpoint.
    Moonshot's guide of 2025-12 asks for at least 16,000 with thinking, and its gateway
    charges the budget against the rate limit whether it is used or not: hence 32,768."""
    rereads: bool = False
    """Every answer is made from all observations of the turn anew, so none of them may be
    shortened. True of the rule-based analyst, whose answers are a function of the messages."""
    vision: bool = False
    """Whether images may be sent. K2 and K2 Thinking are text only; K2.5 and later see."""
    image_bytes: int = 150_000
    """A picture is sent with at most so many. A request may have 2 MB in all (Moonshot's
    error "total message size … exceeds limit 2097152"), base64 and the history included."""
    image_side: int = 1_568
    """Pixels of its longer side: enough to read the tick labels of a page-wide figure. More
    would only cost bytes, for a picture is 1,024 to 2,048 tokens (Moonshot's guide, 2026-07)."""
    temperature: float | None = None
    """Sent when set. K2 Thinking wants 1.0; K2.5 and later refuse any other value than
    their own default with HTTP 400, so nothing is sent (2026-08)."""
    thinking: Mapping[str, Json] = field(default_factory=dict)
    """Fields of the request body that switch thinking, as the vendor's own endpoint
    expects them; sent only where `EndpointProfile.takes_thinking`."""
    ids_are_names: bool = False
    """The chat template shows the model the call id and nowhere the function's name, so an
    id other than ``functions.NAME:N`` is a nameless call in its history. Observed with the
    Kimi K2 template on vLLM and llama.cpp (2025-11 to 2026-07)."""
    prices: Prices | None = None
    """At the vendor's own endpoint; ``None`` where unknown."""
    home: str = ""
    """Base URL of the vendor's own endpoint; "" where it is not (or no longer) served."""

    @property
    def observation_characters(self) -> int:
        """How long one observation may be: about 1.5 % of the window, within bounds."""
        return max(1_500, min(16_000, self.context_tokens // 16))


@dataclass(frozen=True, slots=True)
class EndpointProfile:
    """What is true of an endpoint whichever model it serves."""

    base_url: str
    """Without a trailing slash, ``/v1`` included."""
    max_tokens_key: MaxTokensKey = "max_tokens"
    """Moonshot deprecated ``max_tokens`` (2026-07); older engines and many vendors know
    only that."""
    id_style: IdStyle = "received"
    """How call ids of the history go out: as they came, or as ``functions.NAME:N`` with a
    counter over the conversation. Moonshot renames historical ids itself and expects its
    own back; engines do not."""
    reasoning_key: str | None = None
    """Field for replayed reasoning; ``None`` uses the one it came in. vLLM 0.16 and later
    send and read only ``reasoning`` (2026-01)."""
    takes_thinking: bool = False
    """Whether `ModelProfile.thinking` is understood. Strict servers refuse unknown fields."""
    include_usage: bool = True
    """Ask for token counts at the stream's end (``stream_options.include_usage``)."""
    body: Mapping[str, Json] = field(default_factory=dict)
    """More fields for every request body."""
    key_variables: tuple[str, ...] = ("K2_API_KEY",)
    """Environment variables whose key may be sent here, the first one set wins."""

    @property
    def host(self) -> str:
        """``HOST`` or ``HOST:PORT``, for messages."""
        return host(self.base_url)

    @property
    def is_loopback(self) -> bool:
        """Whether nothing leaves this machine."""
        return is_loopback(self.base_url)


OFFLINE = ModelProfile("offline", context_tokens=1_000_000, rereads=True)
"""The rule-based analyst of this package: no model, no endpoint."""

SERVED_ANALYST = replace(OFFLINE, name="offline-analyst")
"""The same analyst behind an endpoint (`k2 serve-analyst`)."""

DEFAULT_PRESET = "k2.6"
"""What `k2 login` offers."""

_MOONSHOT = EndpointProfile(
    "https://api.moonshot.ai/v1",
    max_tokens_key="max_completion_tokens",
    takes_thinking=True,
    key_variables=("K2_API_KEY", "MOONSHOT_API_KEY"),
)
_ENDPOINTS = (
    _MOONSHOT,
    replace(_MOONSHOT, base_url="https://api.moonshot.cn/v1"),
    replace(_MOONSHOT, base_url="https://api.kimi.com/coding/v1"),
)

KEY_VARIABLES = _MOONSHOT.key_variables
"""Every environment variable that may hold a key."""

_K2 = ModelProfile(
    "", context_tokens=262_144, output_tokens=32_768, ids_are_names=True, home=_MOONSHOT.base_url
)
# The endpoint's own default effort is "max"; 300 steps a turn want less (2026-07).
_K3 = replace(_K2, context_tokens=1_048_576, vision=True, thinking={"reasoning_effort": "high"})

PRESETS: Mapping[str, ModelProfile] = MappingProxyType(
    {
        "offline": OFFLINE,
        # Open weights; no longer served by Moonshot itself (2026).
        "k2-thinking": replace(
            _K2,
            name="moonshotai/Kimi-K2-Thinking",
            temperature=1.0,
            prices=Prices(0.15, 0.60, 2.50),
            home="",
        ),
        "k2.5": replace(
            _K2,
            name="kimi-k2.5",
            vision=True,
            thinking={"thinking": {"type": "enabled"}},
            prices=Prices(0.10, 0.60, 3.00),
        ),
        "k2.6": replace(
            _K2,
            name="kimi-k2.6",
            vision=True,
            thinking={"thinking": {"type": "enabled"}},
            prices=Prices(0.16, 0.95, 4.00),
        ),
        # Thinking can't be switched off, and naming it is an error (2026-07).
        "k2.7-code": replace(
            _K2, name="kimi-k2.7-code", vision=True, prices=Prices(0.19, 0.95, 4.00)
        ),
        "k3": replace(_K3, name="kimi-k3", prices=Prices(0.30, 3.00, 15.00)),
        "k3.1-pro": replace(_K3, name="kimi-k3.1-pro", prices=Prices(0.20, 2.00, 10.00)),
    }
)
"""What ``--model`` takes by a short name; any other text is taken as a model id."""

# The name under which a preset's model is served differs by host: kimi-k2-thinking,
# moonshotai/Kimi-K2-Thinking, kimi-k2.6-20260420. The longest preset name that fits wins.
_FAMILIES = tuple(
    (re.compile(rf"(?:^|/)kimi-{re.escape(name)}(?![0-9.])", re.IGNORECASE), preset)
    for name, preset in sorted(PRESETS.items(), key=lambda item: -len(item[0]))
)
# Served faster at prices of their own.
_FAST = re.compile(r"-(highspeed|turbo)$", re.IGNORECASE)
_ANY_K2 = re.compile(r"(?:^|/)kimi-k2(?![0-9])", re.IGNORECASE)


def resolve(name: str, base_url: str | None = None) -> tuple[ModelProfile, EndpointProfile]:
    """Facts for a preset or a model id, at its vendor's endpoint or at another one.

    Unknown ids get the defaults of `ModelProfile`. Raises `SettingsError` where there is no
    endpoint to ask, and for a base URL that `address.checked` refuses.
    """
    model = model_profile(name)
    address = base_url or model.home
    if not address:
        raise SettingsError(
            f"`{name}` needs the URL of an endpoint that serves it: add --base-url, or set "
            f"K2_BASE_URL. Names that need none: {', '.join(_served_at_home())}."
        )
    return model, endpoint_profile(address, model)


def model_profile(name: str) -> ModelProfile:
    """Facts of a preset, of a model of a known family, or the defaults."""
    preset = PRESETS.get(name.lower())
    if preset is not None:
        return preset
    if name == SERVED_ANALYST.name:
        return SERVED_ANALYST
    for pattern, family in _FAMILIES:
        if pattern.search(name):
            prices = None if _FAST.search(name) else family.prices
            return replace(family, name=name, prices=prices)
    if _ANY_K2.search(name):
        return replace(_K2, name=name, home="")
    return ModelProfile(name)


def endpoint_profile(base_url: str, model: ModelProfile) -> EndpointProfile:
    """Facts of a known endpoint, or the defaults that suit the model."""
    address = checked(base_url)
    for known in _ENDPOINTS:
        if origin(known.base_url) == origin(address):
            return replace(known, base_url=address)
    return EndpointProfile(address, id_style="canonical" if model.ids_are_names else "received")


def _served_at_home() -> list[str]:
    return [name for name, model in PRESETS.items() if model.home or model is OFFLINE]
