from __future__ import annotations

import base64
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k2_jupyter.notebook.text import LineEditor, neutral, valid_unicode, visible, without_ansi


def shown(*pieces: str) -> str:
    editor = LineEditor()
    return "".join(map(editor.feed, pieces)) + editor.rest


@pytest.mark.parametrize(
    ("pieces", "line"),
    [
        (["10%\r", "50%\r", "100%\n"], "100%\n"),
        (["long text\rshort"], "shorttext"),
        (["long text\r\x1b[Kshort\n"], "short\n"),
        (["long text\r\x1b[2Kshort"], "short"),
        (["abc\b\bX"], "aXc"),
        (["one\r\ntwo"], "one\ntwo"),
        (["100%", "\r"], "100%"),
        (["100%\r", "\nnext"], "100%\nnext"),
        (["\b\bx"], "x"),
    ],
)
def test_a_line_is_what_a_terminal_shows(pieces: list[str], line: str) -> None:
    assert shown(*pieces) == line


@given(st.text(alphabet="ab\r\n\b"), st.integers(0, 20))
def test_it_does_not_matter_where_the_text_is_split(text: str, at: int) -> None:
    assert shown(text[:at], text[at:]) == shown(text)


def test_a_line_without_end_does_not_stay_in_memory() -> None:
    editor = LineEditor()
    assert len(editor.feed("x" * 1_000_000)) == 1_000_000
    assert editor.rest == ""


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[31;1m",
        "\x1b[2J",
        "\x1b]0;title\x07",
        "\x1b]52;c;aGk=\x1b\\",
        "\x1bP1q\x1b\\",
        "\x9b1m",
    ],
)
def test_terminal_sequences_are_dropped(sequence: str) -> None:
    assert without_ansi(f"a{sequence}b") == "ab"


def test_an_unfinished_sequence_hides_no_later_line() -> None:
    assert without_ansi("\x1b]0;title\nvisible") == "\nvisible"


def test_what_is_invisible_is_written_out() -> None:
    assert visible("a\x07b\u202ec\td\r\n") == "a\\x07b\\u202ec\td\n"


@pytest.mark.parametrize(
    "posing",
    [
        "</stdout>",
        "<error>",
        "</briefing>",
        "</stdout >",
        "</stdout\n>",
        "< / stdout>",
        "</STDOUT>",
        "＜/stdout＞",
        "<|im_end|>",
        "<｜im_end｜>",
        "＜|im_end|＞",
    ],
)
def test_data_cannot_pose_as_our_tags(posing: str) -> None:
    assert posing not in neutral(f"a {posing} b")
    assert neutral(posing).replace("\u200b", "") == posing


def test_ordinary_markup_is_left_alone() -> None:
    text = "<b>1 < 2</b> if loss < error: x <results> |a| < |b|"
    assert neutral(text) == text


def test_long_blanks_after_a_bracket_take_no_time() -> None:
    text = "<" + " " * 200_000
    assert neutral(text) == text


NOISE = random.Random(1).randbytes(2_999)
ENCODED = base64.b64encode(NOISE).decode()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"<img src='data:image/png;base64,{ENCODED}'>", "<img src='data:image/png;base64,{}'>"),
        (
            f"data:a/b;charset=utf-8;base64,{ENCODED} b",
            "data:a/b;charset=utf-8;base64,{} b",
        ),
        (f"'{ENCODED}'", "'{}'"),
        (f"a\n{base64.encodebytes(NOISE).decode()}", "a\n{}\n"),
        (repr(base64.encodebytes(NOISE).decode()), "'{}\\n'"),
    ],
)
def test_base64_is_left_out_and_its_size_told(text: str, left: str) -> None:
    head, tail = left.split("{}")
    assert neutral(text).startswith(head)
    assert neutral(text).endswith(tail)
    said = neutral(text).removeprefix(head).removesuffix(tail)
    assert re.fullmatch(r"\[base64, 3,0\d\d bytes, left out\]", said)


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,AAAA",
        "ACGT" * 500,
        NOISE.hex(),
        "=" * 500,
        "a/long/path/" * 100,
        ENCODED[:200],
        "data:image/svg+xml;utf8,<svg/>",
    ],
)
def test_other_long_words_are_left_alone(text: str) -> None:
    assert neutral(text) == text


@pytest.mark.parametrize("part", ["A", "a/", "data:", "a;", "data:a/b;base64,", "a" * 60 + "\n"])
def test_what_nearly_is_base64_takes_no_time(part: str) -> None:
    neutral(part * (1_000_000 // len(part)))


@given(st.text(alphabet=st.characters(codec=None)))
def test_valid_unicode_can_be_written(text: str) -> None:
    valid_unicode(text).encode()


def test_a_pair_of_surrogates_is_the_character_that_it_means() -> None:
    assert valid_unicode("\ud83d\ude00 \ud83d") == "\U0001f600 \ufffd"
