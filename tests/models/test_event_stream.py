"""Events wherever the bytes were cut."""

from __future__ import annotations

import pytest

from k2_jupyter.models.answer import StreamError
from k2_jupyter.models.event_stream import values

STREAM = (
    b': comment\r\nevent: message\ndata: {"a":\ndata: 1}\n\n'
    b'id: 7\ndata:{"b": "\xc3\xa9"}\r\n\r\n\n\ndata: [DONE]\n\ndata: {"c": 3}\n\n'
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_any_cut_gives_the_same_values(size: int) -> None:
    pieces = [STREAM[at : at + size] for at in range(0, len(STREAM), size)]
    assert list(values(pieces)) == [{"a": 1}, {"b": "é"}]


def test_lines_may_end_as_in_http() -> None:
    body = b'event: message\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: 2\r\n\r\n'
    assert list(values([body])) == [{"a": 1}, 2]


def test_what_follows_done_is_left_to_the_caller() -> None:
    pieces = iter([b"data: 1\n\ndata: [DONE]\n\n", b"rest"])
    assert list(values(pieces)) == [1]
    assert list(pieces) == [b"rest"]


def test_an_event_that_never_ended_is_none() -> None:
    assert list(values([b'data: {"a": 1}\n'])) == []


def test_an_error_event_is_an_error() -> None:
    with pytest.raises(StreamError) as problem:
        list(values([b'event: error\ndata: {"message": "no"}\n\n']))
    assert problem.value.body == {"message": "no"}


def test_white_space_around_json_is_none_of_it() -> None:
    assert list(values([b'data:  {"a": 1} \n\ndata: {"b": 2}\t\n\n'])) == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    "line", [b"data: {\n\n", b"data: \xff\n\n", b'data: {"a": 1}{"b": 2}\n\n', b"data: {} x\n\n"]
)
def test_what_is_no_json_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(values([line]))
