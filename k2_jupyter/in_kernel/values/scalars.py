"""Python's own values: numbers, texts, bytes, times, members of enumerations.

Runs inside the user's kernel. Subclasses are read through the methods of the base class,
which their overrides do not reach: ``str.__str__(value)``, ``int.__int__(value)``.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import pathlib
import re
import uuid
from typing import Any

from . import kinds, looking, words

HASHED = 100_000
"""Bytes or characters up to which a text is compared as a whole."""


class Scalar(kinds.Kind):
    """One value, shown as it is."""

    through_base = True

    def text(self, value: Any) -> str:
        return words.short(repr(value))

    def outline(self, value: Any) -> str:
        return words.short(looking.title(type(value)))

    def line(self, value: Any) -> str:
        return f"{self.outline(value)} = {self.text(value)}"

    def brief(self, value: Any, depth: int) -> str:
        return self.text(value)

    def facts(self, value: Any) -> kinds.Facts:
        return {"=": self.text(value)}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return self.text(value)


class Null(Scalar):
    def line(self, value: Any) -> str:
        return self.text(value)


class Integer(Scalar):
    def text(self, value: Any) -> str:
        number = int.__int__(value)
        if type(value) is bool:
            return repr(value)
        bits = number.bit_length()
        return str(number) if bits <= 256 else f"an integer of {bits} bits"

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return int.__int__(value)


class Float(Scalar):
    def text(self, value: Any) -> str:
        return float.__repr__(float.__float__(value))

    def brief(self, value: Any, depth: int) -> str:
        text = self.text(value)
        return text if len(text) <= 8 else words.number(float.__float__(value))


class Complex(Scalar):
    def text(self, value: Any) -> str:
        return complex.__repr__(complex.__pos__(value))


class Text(Scalar):
    def text(self, value: Any) -> str:
        return words.short(repr(str.__getitem__(value, slice(0, words.SHORT + 1))))

    def outline(self, value: Any) -> str:
        return f"{super().outline(value)}, {words.counted(str.__len__(value), 'character')}"

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        if str.__len__(value) <= HASHED:
            return hash(str.__str__(value))
        walk.whole = False
        return str.__len__(value)


class Bytes(Scalar):
    def __init__(self, base: Any) -> None:
        self._base = base

    def text(self, value: Any) -> str:
        return words.short(repr(bytes(self._base.__getitem__(value, slice(0, words.SHORT)))))

    def outline(self, value: Any) -> str:
        return f"{super().outline(value)}, {words.counted(self._base.__len__(value), 'byte')}"

    def line(self, value: Any) -> str:
        return self.outline(value)

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        walk.whole = self._base.__len__(value) <= HASHED
        return hash(bytes(self._base.__getitem__(value, slice(0, HASHED))))


class Stdlib(Scalar):
    """A small immutable value of the standard library, which may be asked for its text."""

    through_base = False

    def text(self, value: Any) -> str:
        return words.short(str(value))


class Moment(Stdlib):
    """A date or time; a time zone of the user's own is left out, its methods are code."""

    def text(self, value: Any) -> str:
        zone = value.tzinfo
        if zone is not None and not looking.home(type(zone)).startswith(("datetime", "zoneinfo")):
            return f"{value.replace(tzinfo=None)} in a time zone of {looking.title(type(zone))}"
        return str(value)


class Member(Scalar):
    """A member of an enumeration."""

    def text(self, value: Any) -> str:
        held = looking.own_dict(value)
        name = words.short(f"{looking.class_name(type(value))}.{held.get('_name_')}")
        return f"{name} ({kinds.brief(held.get('_value_'), 1)})"

    def line(self, value: Any) -> str:
        return self.text(value)


def register() -> None:
    kinds.add(Null(), type(None), type(Ellipsis), type(NotImplemented))
    kinds.add(Integer(), bool, int)
    kinds.add(Float(), float)
    kinds.add(Complex(), complex)
    kinds.add(Text(), str)
    kinds.add(Bytes(bytes), bytes)
    kinds.add(Bytes(bytearray), bytearray)
    kinds.add(Stdlib(), range, datetime.date, datetime.timedelta, decimal.Decimal, uuid.UUID)
    kinds.add(Stdlib(), fractions.Fraction, re.Pattern, datetime.timezone)
    kinds.add(Stdlib(), pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePath)
    kinds.add(Moment(), datetime.datetime, datetime.time)
    kinds.add(Member(), enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag)
