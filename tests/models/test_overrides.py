from __future__ import annotations

import tomllib
from typing import Any

import pytest

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.overrides import Overrides
from k2_jupyter.models.presets import ENGINES, PRESETS, resolve
from k2_jupyter.models.profiles import EndpointProfile, ModelProfile, Prices

URL = "http://127.0.0.1:8080/v1"
FILE = f"""
[profiles.mine]
like = "k2-thinking"
name = "Kimi-K2-Thinking-Q4"
home = "{URL}/"
context_tokens = 65536
prices = {{ cached_input = 0, input = 0.5, output = 2 }}

[profiles.small]
vision = true

[endpoints."{URL}/"]
like = "llama.cpp"
reasoning_key = "reasoning"
refuses = ["temperature"]
body = {{ min_p = 0.01 }}
"""


def own(text: str = FILE) -> Overrides:
    content: dict[str, Any] = tomllib.loads(text)
    return Overrides.of(content.get("profiles", {}), content.get("endpoints", {}))


def test_a_model_of_ones_own_starts_from_a_preset() -> None:
    model, endpoint = resolve("mine", own=own())
    assert model.name == "Kimi-K2-Thinking-Q4"
    assert model.temperature == PRESETS["k2-thinking"].temperature
    assert model.context_tokens == 65_536
    assert model.prices == Prices(0, 0.5, 2)
    assert endpoint.base_url == model.home == URL


def test_without_a_preset_it_starts_from_safe_defaults() -> None:
    model, _ = resolve("small", URL, own())
    assert model == ModelProfile("small", vision=True)


def test_an_endpoint_starts_from_a_kind_of_server() -> None:
    _, endpoint = resolve("any", URL, own())
    assert endpoint.advice == ENGINES["llama.cpp"].advice
    assert endpoint.reasoning_key == "reasoning"
    assert endpoint.refuses == ("temperature",)
    assert endpoint.body == {"min_p": 0.01}
    _, elsewhere = resolve("any", "http://127.0.0.1:8081/v1", own())
    assert elsewhere == EndpointProfile("http://127.0.0.1:8081/v1")


def test_the_keys_of_a_kind_do_not_go_to_another_host() -> None:
    text = '[endpoints."https://example.org/v1"]\nlike = "openrouter"'
    _, endpoint = resolve("any", "https://example.org/v1", own(text))
    assert endpoint.body == ENGINES["openrouter"].body
    assert endpoint.key_variables == ("K2_API_KEY",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[profiles]\nmine = "k3"', "must be a table"),
        ("[profiles.mine]\nlike = 3", "`like`"),
        ("[profiles.mine]\nsize = 3", "there is no `size`; there are name, context_tokens"),
        ('[profiles.mine]\ncontext_tokens = "64k"', "`context_tokens` must be a whole number"),
        ("[profiles.mine]\ncontext_tokens = true", "whole number"),
        ("[profiles.mine]\ncontext_tokens = -1", "whole number"),
        ('[profiles.mine]\nvision = "yes"', "true or false"),
        ("[profiles.mine]\nprices = { input = 1 }", "a table of cached_input, input, output"),
        ('[profiles.mine]\nprices = { cached_input = "a", input = 1, output = 1 }', "a number"),
        ('[profiles.mine]\nhome = "http://example.org/v1"', "use https"),
        (f'[endpoints."{URL}"]\nlike = "vLLM 2"', "one of vllm, sglang"),
        (f'[endpoints."{URL}"]\nid_style = "odd"', "one of received, canonical, safe"),
        (f'[endpoints."{URL}"]\nkey_variables = ["HOME"]', "there is no `key_variables`"),
        (f'[endpoints."{URL}"]\nbase_url = "https://x.org"', "there is no `base_url`"),
        (f'[endpoints."{URL}"]\nrefuses = "top_p"', "a list of texts"),
        (f'[endpoints."{URL}"]\nbody = 3', "a table"),
        ('[endpoints."http://example.org/v1"]', "use https"),
    ],
)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        resolve("mine", URL, own(text))
