"""Known models and endpoints, and what a name the user gives stands for.

Prices change: they serve estimates only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.address import checked, origin
from k2_jupyter.models.overrides import NO_OVERRIDES, Overrides, changed
from k2_jupyter.models.profiles import OFFLINE, EndpointProfile, ModelProfile, Prices

SERVED_ANALYST = replace(OFFLINE, name="offline-analyst")
"""The same analyst behind an endpoint (`k2 serve-analyst`)."""

DEFAULT_PRESET = "k2.6"
"""What `k2 login` offers."""

_MOONSHOT = EndpointProfile(
    "https://api.moonshot.ai/v1",
    max_tokens_key="max_completion_tokens",
    id_style="received",
    thinking_dialect="vendor",
    key_variables=("K2_API_KEY", "MOONSHOT_API_KEY"),
)
_OPENROUTER = EndpointProfile(
    "https://openrouter.ai/api/v1",
    # Without it a step may go to an upstream that drops the tools unsaid (2026).
    body={"provider": {"require_parameters": True}},
    key_variables=("K2_API_KEY", "OPENROUTER_API_KEY"),
)
_ENDPOINTS = (
    _MOONSHOT,
    replace(_MOONSHOT, base_url="https://api.moonshot.cn/v1"),
    replace(_MOONSHOT, base_url="https://api.kimi.com/coding/v1"),
    _OPENROUTER,
)

ENGINES: Mapping[str, EndpointProfile] = MappingProxyType(
    {
        "vllm": EndpointProfile(
            "",
            thinking_dialect="template",
            advice="--enable-auto-tool-choice --tool-call-parser kimi_k2 "
            "--reasoning-parser kimi_k2 --trust-remote-code (0.11.1 or later)",
        ),
        "sglang": EndpointProfile(
            "",
            thinking_dialect="template",
            advice="--tool-call-parser kimi_k2 --reasoning-parser kimi_k2 "
            "--trust-remote-code (0.5.5.post2 or later)",
        ),
        "llama.cpp": EndpointProfile("", reading_seconds=3_600, advice="--jinja"),
        "ollama": EndpointProfile("", reading_seconds=3_600),
        "openrouter": _OPENROUTER,
        "openai-compatible": EndpointProfile(""),
    }
)
"""What an endpoint may be said to be ``like``; its URL and its key are its own."""

KEY_VARIABLES = tuple(dict.fromkeys(name for one in _ENDPOINTS for name in one.key_variables))
"""Every environment variable that may hold a key."""

_K2 = ModelProfile(
    "", context_tokens=262_144, output_tokens=32_768, ids_are_names=True, home=_MOONSHOT.base_url
)
_SEEING_K2 = replace(
    _K2,
    vision=True,
    thinking={"thinking": {"type": "enabled"}},
    template_thinking={"thinking": True, "preserve_thinking": True},
)
# The endpoint's own default effort is "max"; 300 steps a turn want less (2026-07).
_K3 = replace(
    _K2,
    context_tokens=1_048_576,
    vision=True,
    thinking={"reasoning_effort": "high"},
    template_thinking={"thinking_effort": "high"},
)

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
        "k2.5": replace(_SEEING_K2, name="kimi-k2.5", prices=Prices(0.10, 0.60, 3.00)),
        "k2.6": replace(_SEEING_K2, name="kimi-k2.6", prices=Prices(0.16, 0.95, 4.00)),
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
    (re.compile(rf"(?:^|/)kimi-{re.escape(name)}(?![0-9.])", re.IGNORECASE), name)
    for name in sorted(PRESETS, key=len, reverse=True)
)
# Served faster, at prices of their own where they are known.
_FAST = re.compile(r"-(highspeed|turbo)$", re.IGNORECASE)
_FAST_PRICES: Mapping[str, Prices] = MappingProxyType(
    {
        "k2-thinking": Prices(0.15, 1.15, 8.00),
        "k2.7-code": Prices(0.38, 1.90, 8.00),
        "k3.1-pro": Prices(0.20, 4.00, 20.00),
    }
)
_ANY_K2 = re.compile(r"(?:^|/)kimi-k2(?![0-9])", re.IGNORECASE)


def resolve(
    name: str, base_url: str | None = None, own: Overrides = NO_OVERRIDES
) -> tuple[ModelProfile, EndpointProfile]:
    """Facts for a preset or a model id, at its vendor's endpoint or at another one.

    Unknown ids get the defaults of `ModelProfile`; what the user's `own` file says wins.
    Raises `SettingsError` where there is no endpoint to ask, and for a base URL that
    `address.checked` refuses.
    """
    model = model_profile(name, own)
    address = base_url or model.home
    if not address:
        raise SettingsError(
            f"`{name}` needs the URL of an endpoint that serves it: add --base-url, or set "
            f"K2_BASE_URL. Names that need none: {', '.join(_served_at_home())}."
        )
    return model, endpoint_profile(address, own)


def model_profile(name: str, own: Overrides = NO_OVERRIDES) -> ModelProfile:
    """Facts of a model of the user's own, a preset, a model of a known family, or defaults."""
    table = own.models.get(name)
    if table is None:
        return _known_model(name)
    like = table.get("like", name)
    if not isinstance(like, str):
        raise SettingsError(f"`like` of `{name}` must be the name of a preset or of a model.")
    model = changed(_known_model(like), table, what=f"profiles.{name}")
    return replace(model, home=checked(model.home)) if model.home else model


def endpoint_profile(base_url: str, own: Overrides = NO_OVERRIDES) -> EndpointProfile:
    """Facts of a known endpoint, or the defaults."""
    address = checked(base_url)
    known = (one for one in _ENDPOINTS if origin(one.base_url) == origin(address))
    found = replace(next(known, EndpointProfile("")), base_url=address)
    table = own.endpoints.get(address)
    if table is None:
        return found
    if "like" in table:
        # Its quirks, not the keys of another host.
        found = replace(_engine(table["like"]), base_url=address, key_variables=found.key_variables)
    return changed(found, table, what=f"endpoints.{address}")


def _known_model(name: str) -> ModelProfile:
    preset = PRESETS.get(name.lower())
    if preset is not None:
        return preset
    if name == SERVED_ANALYST.name:
        return SERVED_ANALYST
    for pattern, family in _FAMILIES:
        if pattern.search(name):
            known = PRESETS[family]
            prices = _FAST_PRICES.get(family) if _FAST.search(name) else known.prices
            return replace(known, name=name, prices=prices)
    if _ANY_K2.search(name):
        return replace(_K2, name=name, home="")
    return ModelProfile(name)


def _engine(name: object) -> EndpointProfile:
    found = ENGINES.get(name.lower()) if isinstance(name, str) else None
    if found is None:
        raise SettingsError(f"An endpoint is `like` one of {', '.join(ENGINES)}, not {name!r}.")
    return found


def _served_at_home() -> list[str]:
    return [name for name, model in PRESETS.items() if model.home or model is OFFLINE]
