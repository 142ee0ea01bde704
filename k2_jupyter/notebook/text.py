"""Printed text as a terminal would show it, and made harmless for whoever reads it."""

from __future__ import annotations

import re

_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, erasing
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC, DCS, SOS, PM, APC up to their end
    r"|\x1b[ -/]*[0-~]?"  # other escapes, and an escape that was cut off
    r"|\x9b[0-?]*[ -/]*[@-~]"  # CSI in one character
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_EDIT = re.compile(r"(\n|\r|\x08|\x1b\[[0-2]?K)")
_ERASE = re.compile(r"\x1b\[[0-2]?K")
_LONGEST_LINE = 65_536


def without_ansi(text: str) -> str:
    """Drop terminal control sequences."""
    return _ANSI.sub("", text) if "\x1b" in text or "\x9b" in text else text


def visible(text: str) -> str:
    """Write what would be invisible as an escape such as ``\\x07`` or ``\\u202e``.

    That is control characters but tab and newline, and those that turn the direction of
    writing. ``\\r\\n`` becomes ``\\n``; lone surrogates become U+FFFD.
    """
    text = valid_unicode(text.replace("\r\n", "\n"))
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text)


_TAGS = "stdout|stderr|result|display|figure|error|hints|variables|briefing|output|source"
_POSING = re.compile(rf"([<＜])(?=\s*+(?:/\s*+)?(?:{_TAGS})\s*+[>＞]|[|｜])", re.IGNORECASE)


def neutral(text: str) -> str:
    """Data as the model may read it: plain, visible, and posing as nothing else.

    A ``<`` that would make one of our section tags or a role token of a model's chat
    format (``<|im_end|>``) is followed by a U+200B; so are forms that read alike: other
    case, spaces inside, fullwidth ``＜`` and ``｜``. Base64 is left out and its size told.
    """
    return _POSING.sub("\\1\u200b", visible(without_base64(without_ansi(text))))


_BASE64 = re.compile(
    r"(?P<url>data:[\w.+-]{1,60}/[\w.+-]{1,60}(?:;[\w=.+-]{1,60}){0,4};base64,\s?)"
    r"(?P<quoted>[A-Za-z0-9+/=_%-]{64,}+)"
    r"|(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{60,}+(?:={1,2}|(?:\\n|\r?\n)(?=[A-Za-z0-9+/=]))?)++"
    r"(?:[A-Za-z0-9+/]{1,59}={1,2})?"
)
_SHORTEST_BARE = 256


def without_base64(text: str) -> str:
    """Each data URL, and each long run of base64, as a mark that names its size."""
    if len(text) < 64:
        return text
    return _BASE64.sub(_base64_mark, text)


def _base64_mark(match: re.Match[str]) -> str:
    encoded = match["quoted"] or match[0]
    # Long words of one alphabet are something else: DNA, hexadecimal digits, rules of +.
    mixed = re.search("[a-z]", encoded) and re.search("[A-Z]", encoded)
    if not match["url"] and not (
        len(encoded) >= _SHORTEST_BARE and mixed and re.search("[0-9]", encoded)
    ):
        return match[0]
    return f"{match['url'] or ''}[base64, {len(encoded) * 3 // 4:,} bytes, left out]"


def valid_unicode(text: str) -> str:
    """Pair surrogates where they are a pair; U+FFFD for the others (no UTF-8 has them)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _edits(text: str) -> bool:
    # plain searches first: in a flood one pattern for all three costs more than the rest
    return "\r" in text or "\b" in text or ("\x1b[" in text and bool(_ERASE.search(text)))


class LineEditor:
    r"""Applies ``\r``, ``\b`` and erase-in-line, so that a progress bar is one line.

    The lines that are complete leave; the unfinished one stays here to be overwritten.
    """

    def __init__(self) -> None:
        self.rest = ""
        """The unfinished line."""
        self._at = 0

    def feed(self, text: str) -> str:
        """Take printed text and return the lines that it completes.

        A line over 65,536 characters is given out before its end, so that memory is
        bounded; what overwrites it afterwards starts a new one.
        """
        if self._at == len(self.rest) and not _edits(text):
            head, newline, self.rest = (self.rest + text).rpartition("\n")
            done = head + newline
            self._at = len(self.rest)
        else:
            done = self._edit(text)
        if len(self.rest) > _LONGEST_LINE:
            done, self.rest, self._at = done + self.rest, "", 0
        return done

    def _edit(self, text: str) -> str:
        done: list[str] = []
        line, at = self.rest, self._at
        for part in _EDIT.split(text):
            if part == "\n":
                done.append(line + part)
                line, at = "", 0
            elif part == "\r":
                at = 0
            elif part == "\b":
                at = max(0, at - 1)
            elif part in ("\x1b[K", "\x1b[0K"):
                line = line[:at]
            elif part in ("\x1b[1K", "\x1b[2K"):
                line = " " * at + ("" if part == "\x1b[2K" else line[at:])
            else:
                line = line[:at] + part + line[at + len(part) :]
                at += len(part)
        self.rest, self._at = line, at
        return "".join(done)
