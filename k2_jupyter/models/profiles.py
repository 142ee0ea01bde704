"""What there is to know about a model, and about an endpoint: a field a quirk.

Each has a default that any server takes, and its docstring says what was observed and
where. Dates are of the documentation or the observation. `presets.py` has the records of
known models and endpoints; with it, this is the only place that names a vendor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from k2_jupyter.messages import Json, Usage
from k2_jupyter.models.address import host, is_loopback

MaxTokensKey: TypeAlias = Literal["max_completion_tokens", "max_tokens"]
IdStyle: TypeAlias = Literal["received", "canonical", "safe"]
Dialect: TypeAlias = Literal["none", "vendor", "template"]

REASONING_KEYS = ("reasoning_content", "reasoning", "thinking")
"""Fields that reasoning has been seen in, the first one present counts: Moonshot, SGLang,
llama.cpp; vLLM 0.16 and later (2026-01), OpenRouter; Ollama. Some send two with the same
text."""


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
    expects them."""
    template_thinking: Mapping[str, Json] = field(default_factory=dict)
    """The same as the chat template's variables, which vLLM and SGLang take as
    ``chat_template_kwargs`` (K2.5 and K2.6: ``thinking``, ``preserve_thinking``; K3:
    ``thinking_effort``; 2026-08)."""
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
    context_tokens: int | None = None
    """Where it takes less than the model does: a self-hosted server was started with less
    (``--max-model-len``, ``-c``) to fit its memory. Also learnt from its refusals."""
    id_style: IdStyle | None = None
    """How call ids of the history go out: as they came (``received``); as ``functions.NAME:N``
    with a counter over the conversation (``canonical``); as nine letters and digits
    (``safe``). ``None``: canonical where the model's `ids_are_names`, else as they came.
    Moonshot renames historical ids itself and expects its own back; engines do
    not. Gateways to Anthropic or Bedrock want ``[a-zA-Z0-9_-]{1,64}`` (2026-07), Mistral's
    own servers exactly nine; a refusal that speaks of ids turns to ``safe``."""
    reasoning_key: str | None = None
    """Field for replayed reasoning; ``None`` uses the one it came in. vLLM 0.16 and later
    send and read only ``reasoning``, and drop the other without a word (2026-01)."""
    fills_reasoning: bool = False
    """Give a blank as the reasoning of call messages that have none, such as those of another
    model. Moonshot refuses a thinking model's history without ("reasoning_content is
    missing", 2025-12); gateways of others refuse what the model did not write."""
    thinking_dialect: Dialect = "none"
    """How thinking is switched: not at all, by `ModelProfile.thinking`, or by
    `ModelProfile.template_thinking`. Strict servers refuse unknown fields."""
    include_usage: bool = True
    """Ask for token counts at the stream's end (``stream_options.include_usage``)."""
    takes_images: bool = True
    """Whether pictures arrive at a model that sees. Some gateways serve it without."""
    refuses: tuple[str, ...] = ()
    """Body fields that are never sent, because it answered 400 to them."""
    reading_seconds: float | None = None
    """How long it may read the conversation before the first piece of an answer; ``None``
    leaves it to the policy. llama.cpp on two busy cores read 4 tokens/s: our first request
    (3,600 tokens) took longer than the ten minutes that suit other servers (2026-11)."""
    is_strict: bool = False
    """Merge user messages that follow each other: some chat templates want user and
    assistant in turn. Off, as it changes a message that the endpoint has cached."""
    body: Mapping[str, Json] = field(default_factory=dict)
    """More fields for every request body, for example OpenRouter's ``provider``."""
    key_variables: tuple[str, ...] = ("K2_API_KEY",)
    """Environment variables whose key may be sent here, the first one set wins."""
    advice: str = ""
    """What its server must be started with, told where tool calls do not work."""

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
