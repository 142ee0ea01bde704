"""The strings and paths that expressions stand for, as far as the source spells them out."""

from __future__ import annotations

import ast
import itertools
import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from k2_jupyter.tools.triage.bindings import Bindings
from k2_jupyter.tools.triage.rules import words

_DEPTH = 12
_ALTERNATIVES = 24
_STEPS = 50_000
_SAME_PATH = words(
    "builtins.str str os.fspath os.path.abspath os.path.normpath os.path.realpath "
    "os.path.expanduser os.path.expandvars"
)
_PATH_CLASSES = frozenset(("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"))
_TEXT_METHODS = words(
    "format joinpath resolve absolute expanduser as_posix strip with_suffix with_name "
    "with_stem join"
)
_STREAMS = words(
    "builtins.open io.open io.BytesIO io.StringIO codecs.open gzip.open bz2.open lzma.open "
    "gzip.GzipFile bz2.BZ2File lzma.LZMAFile io.FileIO tarfile.TarFile _io.open _io.FileIO "
    "sys.stdout sys.stderr pandas.ExcelWriter pandas.HDFStore zipfile.ZipFile tarfile.open "
    "matplotlib.backends.backend_pdf.PdfPages sqlite3.connect tempfile.NamedTemporaryFile "
    "tempfile.TemporaryFile tempfile.SpooledTemporaryFile"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A string that the source spells out, or the beginning of one."""

    head: str
    whole: bool = True

    def __add__(self, other: Text) -> Text:
        if not self.whole:
            return self
        return Text(self.head + other.head, other.whole)

    def joined(self, other: Text) -> Text:
        """As `os.path.join` does it."""
        if not self.whole:
            return self
        return Text(posixpath.join(self.head, other.head), other.whole)

    def parent(self) -> Text:
        """The folder that a path is in; of the working folder itself, the one above."""
        if not self.whole and not self.head:
            return self
        path = posixpath.normpath(self.head)
        if not self.whole and self.head.endswith("/"):
            return Text(path, whole=False)
        if path[0] in "~$" or posixpath.basename(path) in (".", ".."):
            return Text(posixpath.join(path, ".."), self.whole)
        return Text(posixpath.dirname(path) or ".", self.whole)


Texts: TypeAlias = tuple[Text, ...]
"""The strings that an expression may be; empty: unknown."""

UNKNOWN = Text("", whole=False)
"""Beside texts that are known: something else, too."""


def known(texts: Texts) -> bool:
    """Whether of everything that an expression may be at least the beginning is known."""
    return bool(texts) and all(text.head for text in texts)


class Names(Bindings):
    """What the names of one syntax tree stand for; `earlier` are texts of those it doesn't bind."""

    def __init__(
        self, nodes: Iterable[ast.AST], earlier: Mapping[str, Texts] = MappingProxyType({})
    ) -> None:
        super().__init__(nodes)
        self._earlier = earlier
        self._steps = 0

    @property
    def tangled(self) -> bool:
        """Whether following the names took so long that nothing more is said about them."""
        return self._steps > _STEPS

    def texts(self, node: ast.AST | None, depth: int = _DEPTH) -> Texts:
        """The strings or paths that an expression may be, as far as the source says."""
        self._steps += 1
        fold = _FOLDS.get(type(node))
        if depth == 0 or fold is None or self.tangled:
            return ()
        return fold(self, node, depth - 1)

    def _constant(self, node: ast.Constant, depth: int) -> Texts:
        return (Text(node.value),) if isinstance(node.value, str) else ()

    def _inner(self, node: ast.FormattedValue | ast.Starred, depth: int) -> Texts:
        return self.texts(node.value, depth)

    def _either(self, node: ast.IfExp, depth: int) -> Texts:
        both = (self.texts(node.body, depth), self.texts(node.orelse, depth))
        return both[0] + both[1] if all(both) else ()

    def _part(self, node: ast.Attribute, depth: int) -> Texts:
        if node.attr in ("stem", "name"):
            return (Text("name", whole=False),)  # without a separator, whatever it is
        if node.attr != "parent":
            return ()
        return tuple(text.parent() for text in self.texts(node.value, depth))

    def _named(self, node: ast.Name, depth: int) -> Texts:
        if node.id not in self.values:
            return () if node.id in self.imports else self._earlier.get(node.id, ())
        found: list[Text] = []
        for value in self.values[node.id]:
            found.extend(self.texts(value, depth) or (UNKNOWN,))
        return tuple(found[:_ALTERNATIVES]) if any(text.head for text in found) else ()

    def _formatted(self, node: ast.JoinedStr, depth: int) -> Texts:
        # An unknown part ends what is known: f"out/{x}.csv" is "out/" and something.
        each = [self.texts(part, depth) or (UNKNOWN,) for part in node.values]
        return self._combined(each)

    def _operation(self, node: ast.BinOp, depth: int) -> Texts:
        first = self.texts(node.left, depth)
        if not first:
            return ()
        rest = self.texts(node.right, depth) or (UNKNOWN,)
        match node.op:
            case ast.Add():
                return self._combined([first, rest])
            case ast.Div():
                return tuple(a.joined(b) for a in first for b in rest)[:_ALTERNATIVES]
            case ast.Mod():
                return tuple(Text(text.head.partition("%")[0], whole=False) for text in first)
        return ()

    def _called(self, call: ast.Call, depth: int) -> Texts:
        dotted = self.dotted(call.func) or ""
        if isinstance(call.func, ast.Name) and call.func.id == "str":
            dotted = "str"
        if dotted in ("os.getcwd", "pathlib.Path.cwd"):
            return (Text("."),)
        if dotted == "pathlib.Path.home":
            return (Text("~"),)
        if dotted in _SAME_PATH or dotted in _PATH_CLASSES or dotted == "os.path.join":
            return self._joined(call.args, depth)
        if isinstance(call.func, ast.Attribute):
            return self._method_texts(call, call.func, depth)
        return ()

    def _joined(self, parts: list[ast.expr], depth: int) -> Texts:
        joined: Texts = (Text("."),) if not parts else self.texts(parts[0], depth)
        for part in parts[1:]:
            rest = self.texts(part, depth) or (UNKNOWN,)
            joined = tuple(a.joined(b) for a in joined for b in rest)[:_ALTERNATIVES]
        return joined

    def _method_texts(self, call: ast.Call, func: ast.Attribute, depth: int) -> Texts:
        base = self.texts(func.value, depth) if func.attr in _TEXT_METHODS else ()
        match func.attr:
            case "format":
                return tuple(Text(text.head.partition("{")[0], whole=False) for text in base)
            case "joinpath":
                return self._joined([func.value, *call.args], depth)
            case "resolve" | "absolute" | "expanduser" | "as_posix" | "strip":
                return base
            case "with_suffix" | "with_name" | "with_stem":
                return tuple(
                    Text(posixpath.join(posixpath.dirname(text.head), "name"), whole=False)
                    for text in base
                )
            case "join" if len(call.args) == 1 and isinstance(call.args[0], ast.List | ast.Tuple):
                elements = call.args[0].elts
                apart = [texts for one in elements for texts in (base, self.texts(one, depth))][1:]
                return self._combined(apart)
        return ()

    @staticmethod
    def _combined(parts: list[Texts]) -> Texts:
        if not all(parts):
            return ()
        choices = itertools.islice(itertools.product(*parts), _ALTERNATIVES)
        return tuple(sum(choice, Text("")) for choice in choices)

    def method(self, func: ast.expr) -> ast.Attribute | None:
        """The bound method that is called, also where `save = chart.save` gave it a name."""
        if isinstance(func, ast.Name):
            values = self.values.get(func.id, ())
            return next((value for value in values if isinstance(value, ast.Attribute)), None)
        return func if isinstance(func, ast.Attribute) else None

    def is_stream(self, node: ast.AST | None, depth: int = 4) -> bool:
        """Whether it is an open file or a buffer: what opened it was looked at there."""
        match node:
            case ast.Name(id=name) if name in self.values and depth:
                return all(self.is_stream(value, depth - 1) for value in self.values[name])
            case ast.Call(func=ast.Attribute(attr="open")):
                return True
            case ast.Call(func=func):
                return self.dotted(func) in _STREAMS
            case ast.Attribute():
                return self.dotted(node) in _STREAMS
        return False

    def is_path(self, node: ast.AST | None, depth: int = 4) -> bool:
        """Whether it is surely a `pathlib.Path`, so that `rename` and `replace` move files."""
        match node:
            case ast.Name(id=name) if depth:
                return any(self.is_path(value, depth - 1) for value in self.values.get(name, ()))
            case ast.BinOp(left=left, op=ast.Div()):
                return self.is_path(left, depth)
            case ast.Call(func=ast.Attribute(attr="glob" | "rglob" | "iterdir")):
                return True
            case ast.Call(func=func):
                return (self.dotted(func) or "").startswith("pathlib.")
        return False


_FOLDS: dict[type | None, Callable[[Names, Any, int], Texts]] = {
    ast.Constant: Names._constant,
    ast.Name: Names._named,
    ast.JoinedStr: Names._formatted,
    ast.FormattedValue: Names._inner,
    ast.Starred: Names._inner,
    ast.BinOp: Names._operation,
    ast.IfExp: Names._either,
    ast.Attribute: Names._part,
    ast.Call: Names._called,
}
