import base64
import json
import time
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.messages import Json

SECRET = "s3cr3t/Välue+with=\"quotes\" & 'more'"
FORMS = {
    "exact": SECRET,
    "hex": SECRET.encode().hex(),
    "HEX": SECRET.encode().hex().upper(),
    "url": quote(SECRET, safe=""),
    "url path": quote(SECRET),
    "form": quote_plus(SECRET),
    "json": json.dumps(SECRET),
    "json utf-8": json.dumps(SECRET, ensure_ascii=False),
    "repr": repr(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 url": base64.urlsafe_b64encode(SECRET.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_listed_form_goes(form: str) -> None:
    cleaned = Redactor([SECRET]).text(f"before {form} after")

    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")
    assert form.strip("\"'") not in cleaned
    assert "[redacted]" in cleaned


@given(st.binary(max_size=5), st.binary(max_size=5))
def test_base64_goes_wherever_the_value_stands_in_the_encoded_text(
    before: bytes, after: bytes
) -> None:
    secret = "correct-horse-42"
    encoded = base64.b64encode(before + secret.encode() + after).decode()

    cleaned = Redactor([secret]).text(encoded)

    assert "[redacted]" in cleaned
    assert len(cleaned.replace("[redacted]", "")) <= len(encoded) - len(secret)


def test_each_line_of_a_longer_secret_goes_by_itself() -> None:
    pem = "-----BEGIN KEY-----\nMIIBOgIBAAJBAKj34Gky\nFNq0aCuwe9dPYg==\n-----END KEY-----"

    assert "FNq0aCuwe9dPYg" not in Redactor([pem]).text("   1: FNq0aCuwe9dPYg==")


def test_the_floor_is_eight_characters() -> None:
    redactor = Redactor(["1234567", "abcd1234"])

    assert redactor.text("1234567 abcd1234") == "1234567 [redacted]"


@given(st.lists(st.text("ab", min_size=1, max_size=6)), st.text("ab", min_size=8, max_size=14))
def test_pieces_are_redacted_as_the_whole(pieces: list[str], secret: str) -> None:
    redactor = Redactor([secret, "abababab", "bbbbaaaabbbb"])
    stream = redactor.stream()

    shown = "".join([stream.feed(piece) for piece in pieces] + [stream.flush()])

    assert shown == redactor.text("".join(pieces))


def test_text_that_begins_no_secret_is_not_held_back() -> None:
    stream = Redactor(["hunter2-hunter2"]).stream()

    assert stream.feed("a line\nhunt") == "a line\n"
    assert stream.feed("er2-hunter2 done") == "[redacted] done"


def test_json_is_redacted_in_keys_and_depth() -> None:
    value: Json = {"a": ["xx abcd1234", 1, None], "abcd1234": {"b": True}}

    assert Redactor(["abcd1234"]).json(value) == {
        "a": ["xx [redacted]", 1, None],
        "[redacted]": {"b": True},
    }


def test_long_text_with_many_secrets_is_quick() -> None:
    redactor = Redactor([f"{n:02}-not-in-the-text-{n * 7919:08}" for n in range(40)])
    text = "The quick brown fox, 324.35 salary_in_usd\n" * 240_000
    begun = time.perf_counter()

    assert redactor.text(text) is text
    # Typically 0.4 s for 10 MB; the bound guards against a search that backtracks.
    assert time.perf_counter() - begun < 20


def test_secrets_come_from_the_environment_and_dotenv_files(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# comment\n"
        "export API=plain-2b7e151628\n"
        'QUOTED="quoted # 3ad77bb40d"\n'
        "SINGLE='single $x 7a3660a89e'\n"
        "COMMENTED=commented-ca97ef # why\n"
        "DB=postgres://me:pa55w0rd-db@host/base\n"
        'PEM="-----BEGIN\nf3eed1bdb5d2a03c\n-----END"\n'
    )
    (tmp_path / ".env.local").write_text("LOCAL=local-064b5a7e3d\n")
    environ = {"MY_ACCESS_TOKEN": "token-f58c4c04d6", "HOME": "/home/not-a-secret-1"}

    text = Redactor(collect_secrets(environ, tmp_path, "the-own-key-e5f1")).text(
        "the-own-key-e5f1 token-f58c4c04d6 plain-2b7e151628 quoted # 3ad77bb40d "
        "single $x 7a3660a89e commented-ca97ef pa55w0rd-db f3eed1bdb5d2a03c "
        "local-064b5a7e3d /home/not-a-secret-1"
    )

    assert text == "[redacted] " * 9 + "/home/not-a-secret-1"


@pytest.mark.parametrize(
    "value",
    ["short", "12345678.90", "production", "PRODUCTION", "/var/lib/keys", "http://localhost:8000/"],
)
def test_ordinary_values_are_left_out(tmp_path: Path, value: str) -> None:
    assert collect_secrets({"SOME_KEY": value}, tmp_path) == ()


def test_the_own_key_counts_whatever_it_looks_like(tmp_path: Path) -> None:
    assert collect_secrets({}, tmp_path, "plainword") == ("plainword",)
