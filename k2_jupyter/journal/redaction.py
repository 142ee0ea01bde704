"""Takes known secrets out of text: their exact values and the usual encodings of them.

Only values that are known beforehand are found, and only in the forms listed at
`_encodings`; a secret that code reversed, cut in pieces or drew into a plot is not.
Values shorter than `FLOOR` characters are never redacted: they would shred ordinary text.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

from k2_jupyter.messages import Json

FLOOR = 8
"""Characters that a value needs at least to be redacted."""
PLACEHOLDER = "[redacted]"

SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL", re.IGNORECASE)
"""Part of the name of an environment variable that holds a secret."""
_ORDINARY = re.compile(
    r"""
      [+-]?[\d.,:_eE+-]+                  # a number, a version, a time
    | [A-Z]?[a-z]{1,20} | [A-Z]{1,20}     # one plain word
    | (?:[A-Za-z]:)?[~.]{0,2}[/\\].*      # a path
    | [a-z][a-z0-9+.-]*://[^/@?\#]+/?     # an address without a user, path or query
    """,
    re.VERBOSE | re.DOTALL,
)
_URL_PASSWORD = re.compile(r"^[a-z][a-z0-9+.-]*://[^/@:]*:([^/@]+)@", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    r"""
    ^[ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=[ \t]*
    (?: "(?P<double>(?:[^"\\]|\\.)*)" | '(?P<single>[^']*)' | (?P<bare>[^\n]*) )
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_DOTENV_BYTES = 65_536


class Redactor:
    """Replaces each form of each secret by ``[redacted]``."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        # Longest first, so that the alternation below prefers a value over its own prefix.
        self._forms = sorted(forms, key=lambda form: (-len(form), form))

    def text(self, text: str) -> str:
        """`text` without the secrets."""
        # Searching one needle is some ten times faster than one alternation of them all.
        present = [form for form in self._forms if form in text]
        if not present:
            return text
        return re.sub("|".join(map(re.escape, present)), PLACEHOLDER, text)

    def json(self, value: Json) -> Json:
        """`value` without the secrets, in keys and strings at any depth."""
        # One search over all strings: most records hold many short ones and no secret.
        everything = "\0".join(_strings(value))
        if self.text(everything) is everything:
            return value
        return self._json(value)

    def _json(self, value: Json) -> Json:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self._json(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._json(item) for item in value]
        return value

    def stream(self) -> RedactedStream:
        """A filter for text that arrives in pieces."""
        return RedactedStream(self, self._forms)


class RedactedStream:
    """Holds back what may be the beginning of a secret until it is known.

    What `feed` and `flush` return, joined, is what `Redactor.text` makes of all the
    pieces joined, wherever they were cut.
    """

    def __init__(self, redactor: Redactor, forms: Iterable[str]) -> None:
        self._redactor = redactor
        self._sorted = sorted(forms)
        self._longest = max(map(len, self._sorted), default=0)
        self._heads = {form[:4] for form in self._sorted}
        self._kept = ""

    def feed(self, piece: str) -> str:
        """Take a piece; returns what is safe to show by now."""
        text = self._kept + piece
        cut = self._open_end(text, 0)
        present = [form for form in self._sorted if form in text]
        if present:
            present.sort(key=len, reverse=True)
            for match in re.finditer("|".join(map(re.escape, present)), text):
                if match.start() >= cut:
                    break
                if match.end() > cut:
                    cut = self._open_end(text, match.end())
        self._kept = text[cut:]
        return self._redactor.text(text[:cut])

    def flush(self) -> str:
        """No more pieces: returns the rest."""
        rest, self._kept = self._kept, ""
        return self._redactor.text(rest)

    def _open_end(self, text: str, start: int) -> int:
        """Where the first suffix of `text` begins that a longer form begins with."""
        for index in range(max(start, len(text) - self._longest + 1), len(text)):
            head = text[index : index + 4]
            if len(head) == 4 and head not in self._heads:
                continue
            suffix = text[index:]
            # The forms that begin with the suffix stand together, the suffix itself first.
            place = bisect_left(self._sorted, suffix)
            for form in self._sorted[place : place + 2]:
                if form != suffix and form.startswith(suffix):
                    return index
        return len(text)


def collect_secrets(
    environ: Mapping[str, str], work_dir: Path, key: str | None = None
) -> tuple[str, ...]:
    """The values that must not leave this machine.

    They are `key`; the environment variables with KEY, TOKEN, SECRET, PASSWORD or CREDENTIAL
    in their names; and all values of ``.env`` and ``.env.*`` in `work_dir`, which are read
    as text and never loaded, plus the passwords inside URLs among them. Left out, because
    redacting them would shred ordinary text: values below `FLOOR` characters, numbers, single
    plain words of at most 20 letters, paths, and addresses without a user, path or query.
    """
    candidates = [value for name, value in environ.items() if SECRET_NAME.search(name)]
    for file in sorted({*work_dir.glob(".env"), *work_dir.glob(".env.*")}):
        candidates += _dotenv_values(file)
    candidates += [match[1] for value in candidates if (match := _URL_PASSWORD.match(value))]
    found = [value for value in candidates if not _ORDINARY.fullmatch(value.strip())]
    values = (value.strip() for value in ([key] if key else []) + found)
    return tuple(dict.fromkeys(value for value in values if len(value) >= FLOOR))


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from value
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)


def _dotenv_values(file: Path) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            text = stream.read(_DOTENV_BYTES)
    except OSError:  # a folder, or not ours to read
        return
    for match in _ASSIGNMENT.finditer(text):
        if match["double"] is not None:
            yield match["double"]
            yield match["double"].replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
        elif match["single"] is not None:
            yield match["single"]
        else:
            yield match["bare"]
            yield match["bare"].partition(" #")[0]


def _forms(secret: str) -> Iterator[str]:
    """The secret, each line of it, and the encodings of these."""
    values = {secret, secret.strip(), *(line.strip() for line in secret.splitlines())}
    for value in values:
        if len(value) >= FLOOR:
            yield value
            yield from _encodings(value)


def _encodings(value: str) -> Iterator[str]:
    """URL-quoted, JSON and Python escapes, hex, and base64 at each of its three alignments."""
    raw = value.encode("utf-8", "surrogatepass")
    for safe in ("", "/"):
        yield quote(raw, safe=safe)
        yield re.sub("%..", lambda match: match[0].lower(), quote(raw, safe=safe))
    yield quote_plus(raw)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    yield raw.hex()
    yield raw.hex().upper()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(raw).decode()
        yield whole
        yield whole.rstrip("=")
        for shift in range(3):
            # Inside a longer text: the characters that the value alone decides (RFC 4648 §4,
            # three bytes in four characters of six bits).
            first = -(-8 * shift // 6)
            end = 8 * (shift + len(raw)) // 6
            yield encode(bytes(shift) + raw).decode()[first:end]
