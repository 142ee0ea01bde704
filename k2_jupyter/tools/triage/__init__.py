"""Triage: which cells ask before they run, and why.

It reads the source as IPython would run it and looks for what reaches beyond an analysis
in the working folder. It decides when to ask; it never says "safe": no finding means that
nothing known was seen, and code can hide from any reader. What it can't read, it asks for.
"""

from __future__ import annotations

import ast
import posixpath
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from k2_jupyter.tools.triage import calls, magics, queries, references, scripts, writes
from k2_jupyter.tools.triage.memory import Memory
from k2_jupyter.tools.triage.names import Names
from k2_jupyter.tools.triage.risk import Risk, RiskKind
from k2_jupyter.tools.triage.scope import Findings, Scope

__all__ = ["Risk", "RiskKind", "Triage"]

_LONGEST = 200_000
_DEEPEST = 4
"""Magics within magics."""
_MOST = 20
"""Reasons that are given one by one: more than that nobody reads."""
_INVISIBLE = re.compile(
    "[\x00-\\x08\\x0b\\x0e-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e"
    "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]"
)
_UNREAD = frozenset(("ctx", "op"))
_CHECKS: dict[type[ast.AST], tuple[Callable[[Any, Scope], Findings], ...]] = {
    ast.Import: (references.imports,),
    ast.ImportFrom: (references.imports,),
    ast.Name: (references.name,),
    ast.Attribute: (references.attribute,),
    ast.FunctionDef: (references.definition,),
    ast.AsyncFunctionDef: (references.definition,),
    ast.Constant: (references.strings,),
    ast.BinOp: (references.strings,),
    ast.JoinedStr: (references.strings,),
    ast.Call: (calls.call, writes.writes, queries.queries, references.strings),
    ast.Subscript: (calls.subscript,),
    ast.Compare: (calls.compare,),
}


class Triage:
    """Called with a cell's source; answers with the reasons to ask, in the order of lines.

    One for a turn: it remembers the texts that earlier sources gave to names.

    `transform` is IPython's transformation of a cell. `protected` are the user's files,
    relative to the working folder, which no plain cell overwrites. `private` are absolute
    paths that no plain cell names at all: our configuration and the journal.
    """

    def __init__(
        self,
        transform: Callable[[str], str],
        protected: Sequence[str] = (),
        *,
        private: Sequence[str] = (),
    ) -> None:
        self._transform = transform
        self._inputs = dict.fromkeys(map(posixpath.normpath, protected), 0)
        self._private = tuple(private)
        self._memory = Memory()

    def __call__(self, source: str) -> tuple[Risk, ...]:
        risks = dict.fromkeys(self._risks(source, _DEEPEST))
        return _bounded(sorted(risks, key=lambda risk: risk.line))

    def _risks(self, source: str, depth: int) -> Iterator[Risk]:
        if len(source) > _LONGEST or depth == 0:
            yield Risk("unparsable", "is too long or too deep to be read", 1)
            return
        hidden = _INVISIBLE.search(source)
        if hidden is not None:
            line = source.count("\n", 0, hidden.start()) + 1
            yield Risk("unparsable", "holds invisible or direction-changing characters", line)
        guessed = magics.automagic(source)
        if guessed is not None:
            yield from self._magic(guessed, 1, depth)
        try:
            yield from self._walk(self._parse(source), depth)
        except SyntaxError as problem:
            line = problem.lineno or 1
            yield Risk("unparsable", f"is not Python that can be read: {problem.msg}", line)
        except (ValueError, RecursionError, MemoryError):
            yield Risk("unparsable", "is nested too deeply or holds null bytes", 1)

    def _parse(self, source: str) -> ast.Module:
        with warnings.catch_warnings():
            # An invalid escape like "\d" warns at every parse; it is the kernel's to say so.
            warnings.simplefilter("ignore")
            try:
                # IPython leaves valid Python alone, pasted prompts aside: they hold no names,
                # and what follows them is code either way. Its tokenizer takes longer than
                # all of triage.
                return ast.parse(source)
            except SyntaxError:
                return ast.parse(self._transform(source))

    def _walk(self, tree: ast.Module, depth: int) -> Iterator[Risk]:
        nodes = _nodes(tree)
        scope = Scope(Names(nodes, self._memory.texts), self._private, dict(self._inputs))
        for node in nodes:
            if isinstance(node, ast.Call):
                writes.note_reads(node, scope)
        for node in nodes:
            checks = _CHECKS.get(type(node))
            if checks is None:
                continue
            line = getattr(node, "lineno", 1)
            magic = magics.magic_call(node)
            if magic is not None:
                scope.cover(*ast.walk(node))
                yield from self._magic(magic, line, depth)
            elif id(node) not in scope.covered or isinstance(node, ast.Attribute):
                for check in checks:
                    for kind, reason in check(node, scope):
                        yield Risk(kind, reason, line)
        self._memory.add(scope.names)
        if scope.names.tangled:
            yield Risk("unparsable", "its names are too tangled to be followed", 1)

    def _magic(self, magic: magics.Magic, line: int, depth: int) -> Iterator[Risk]:
        finding = magic.finding()
        if finding is not None:
            yield Risk(*finding, line)
        if scripts.is_active(magic.shown_html):
            yield Risk("script", "puts a script or a page into the output", line)
        if magic.written_path is not None:
            yield from self._written(magic.written_path, line)
        for source in magic.sources():
            for risk in self._risks(source, depth - 1):
                yield Risk(risk.kind, risk.reason, line + risk.line)

    def _written(self, path: str, line: int) -> Iterator[Risk]:
        scope = Scope(Names(()), self._private, dict(self._inputs))
        target = ast.Constant(path, lineno=line)
        for kind, reason in (*writes.to(target, scope), *references.strings(target, scope)):
            yield Risk(kind, reason, line)


def _bounded(risks: Sequence[Risk]) -> tuple[Risk, ...]:
    """The first ones, and one for each kind of the rest: no kind may get lost."""
    rest: dict[RiskKind, list[Risk]] = {}
    for risk in risks[_MOST:]:
        rest.setdefault(risk.kind, []).append(risk)
    return (*risks[:_MOST], *(_summed(kind, each) for kind, each in rest.items()))


def _summed(kind: RiskKind, risks: Sequence[Risk]) -> Risk:
    first, *more = risks
    if not more:
        return first
    return Risk(
        kind, f"{first.reason}; {len(more)} more of this kind, to line {more[-1].line}", first.line
    )


def _nodes(tree: ast.Module) -> list[ast.AST]:
    """Every node, parents first, as `ast.walk` but for what no check looks at (2 x faster)."""
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                nodes.extend([item for item in value if isinstance(item, ast.AST)])
            elif isinstance(value, ast.AST) and name not in _UNREAD:
                nodes.append(value)
    return nodes
