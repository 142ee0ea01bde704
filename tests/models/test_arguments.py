from __future__ import annotations

import json

import pytest

from k2_jupyter.models.arguments import as_object, is_whole


@pytest.mark.parametrize("text", ["", "  ", "null", "{}"])
def test_nothing_is_the_empty_object(text: str) -> None:
    assert json.loads(as_object(text) or "") == {}


@pytest.mark.parametrize("text", ['{"a":  1}', '{"a": "1\\n2"}', ' {"a": {}} '])
def test_an_object_stays_as_it_came(text: str) -> None:
    assert as_object(text) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a": "1\n2"}', id="a raw newline"),
        pytest.param(json.dumps('{"a": "1\\n2"}'), id="encoded twice"),
        pytest.param('{"a": "1\\n2"}{"a": "1\\n2"}', id="sent twice"),
        pytest.param('{"a": "1\\n2"}\n {"a": "1\\n2"}\n', id="sent twice, with space"),
    ],
)
def test_what_loses_nothing_is_repaired(text: str) -> None:
    assert json.loads(as_object(text) or "") == {"a": "1\n2"}


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1', '{"a": 1} so', '{"a": 1}{"a": 2}', "[1]", "7", '"text"', "```{}```",
        json.dumps(json.dumps("{}")), "[" * 100_000,
    ],
)  # fmt: skip
def test_what_would_be_a_guess_is_left(text: str) -> None:
    assert as_object(text) is None


def test_whole_is_any_json_to_its_end() -> None:
    assert all(is_whole(text) for text in ("", "{}", "[1]", '"a"', '{"a": "\n"}'))
    assert not any(is_whole(text) for text in ("{", '{"a": 1} so', '{"a": "'))
