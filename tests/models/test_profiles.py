from __future__ import annotations

import ast
import inspect
import json
import textwrap
from itertools import pairwise

import pytest

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.codec import Encoder
from k2_jupyter.models.presets import ENGINES, KEY_VARIABLES, PRESETS, resolve
from k2_jupyter.models.profiles import OFFLINE, EndpointProfile, ModelProfile, Prices


def test_the_family_and_the_usual_servers_are_known() -> None:
    assert {"k2-thinking", "k2.5", "k2.6", "k2.7-code", "k3", "k3.1-pro"} < set(PRESETS)
    servers = {"vllm", "sglang", "llama.cpp", "ollama", "openrouter", "openai-compatible"}
    assert servers == set(ENGINES)


@pytest.mark.parametrize("name", [name for name, model in PRESETS.items() if model.home])
def test_a_preset_is_served_by_its_vendor(name: str) -> None:
    model, endpoint = resolve(name)
    assert model is PRESETS[name]
    assert endpoint.base_url == model.home
    assert endpoint.thinking_dialect == "vendor"
    assert endpoint.id_style == "received"
    assert endpoint.max_tokens_key == "max_completion_tokens"


@pytest.mark.parametrize(
    ("served_as", "preset"),
    [
        ("kimi-k2-thinking", "k2-thinking"),
        ("moonshotai/Kimi-K2-Thinking", "k2-thinking"),
        ("kimi-k2.5", "k2.5"),
        ("moonshotai/kimi-k2.6", "k2.6"),
        ("kimi-k2.6-20260420", "k2.6"),
        ("kimi-k2.7-code", "k2.7-code"),
        ("kimi-k3.1-pro", "k3.1-pro"),
        ("Kimi-K3", "k3"),
    ],
)
def test_a_model_of_a_known_family_keeps_its_facts_under_another_id(
    served_as: str, preset: str
) -> None:
    model, endpoint = resolve(served_as, "https://example.org/v1")
    assert model.name == served_as
    for fact in ("context_tokens", "vision", "temperature", "prices"):
        assert getattr(model, fact) == getattr(PRESETS[preset], fact)
    assert endpoint.id_style is None
    assert endpoint.thinking_dialect == "none"


@pytest.mark.parametrize(
    ("name", "prices"),
    [
        ("kimi-k3.1-pro-highspeed", Prices(0.20, 4.00, 20.00)),
        ("kimi-k2-thinking-turbo", Prices(0.15, 1.15, 8.00)),
        ("kimi-k3-highspeed", None),
    ],
)
def test_a_faster_tier_has_prices_of_its_own(name: str, prices: Prices | None) -> None:
    model, _ = resolve(name, "https://example.org/v1")
    assert model.prices == prices
    assert model.context_tokens >= 262_144


def test_an_unknown_model_gets_defaults_that_any_endpoint_takes() -> None:
    model, endpoint = resolve("my-model", "https://example.org/v1/")
    assert model == ModelProfile("my-model")
    assert (model.temperature, model.output_tokens, model.vision) == (None, None, False)
    assert endpoint == EndpointProfile("https://example.org/v1")
    assert endpoint.key_variables == ("K2_API_KEY",)


@pytest.mark.parametrize("name", ["my-model", "k2-thinking", "kimi-k2-0905-preview"])
def test_a_model_that_has_no_home_needs_a_base_url(name: str) -> None:
    with pytest.raises(SettingsError, match=f"`{name}`.*--base-url"):
        resolve(name)


def test_the_offline_analyst_has_no_endpoint() -> None:
    assert OFFLINE.home == ""
    assert OFFLINE.prices is None


@pytest.mark.parametrize("engine", ["vllm", "sglang"])
def test_thinking_is_switched_by_the_template_where_an_engine_takes_it(engine: str) -> None:
    body = json.loads(Encoder(PRESETS["k2.6"], ENGINES[engine]).request([], []))
    assert body["chat_template_kwargs"] == {"thinking": True, "preserve_thinking": True}
    assert "thinking" not in body
    plain = json.loads(Encoder(ModelProfile("any"), ENGINES[engine]).request([], []))
    assert "chat_template_kwargs" not in plain


def test_at_home_thinking_is_switched_by_the_vendors_own_field() -> None:
    body = json.loads(Encoder(*resolve("k3")).request([], []))
    assert body["reasoning_effort"] == "high"
    assert "temperature" not in body
    assert body["max_completion_tokens"] == 32_768


def test_a_known_host_is_known_by_its_address() -> None:
    _, endpoint = resolve("moonshotai/kimi-k2-thinking", "https://openrouter.ai/api/v1")
    assert endpoint == ENGINES["openrouter"]
    assert set(endpoint.key_variables) <= set(KEY_VARIABLES)


def test_only_the_key_of_its_own_host_goes_anywhere() -> None:
    _, endpoint = resolve("k2.6", "https://example.org/v1")
    assert endpoint.key_variables == ("K2_API_KEY",)


@pytest.mark.parametrize("record", [ModelProfile, EndpointProfile])
def test_each_quirk_says_what_it_is(record: type) -> None:
    """A field is a line of code and, below it, a docstring."""
    source = ast.parse(textwrap.dedent(inspect.getsource(record)))
    (body,) = [node.body for node in source.body if isinstance(node, ast.ClassDef)]
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign):
            assert isinstance(after, ast.Expr), ast.unparse(field)
