"""Magics and shell escapes, as IPython's transformation leaves them: calls with constants."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from k2_jupyter.tools.triage.rules import Rule, words

_RUNS_CODE = words("time timeit capture prun memit mprun lprun")
_LOOKED_INTO = words("html HTML svg SVG writefile file")
_NOT_EXPANDED = frozenset(("time", "timeit"))
_OPTIONS = re.compile(r"^(?:\s*-{1,2}[a-zA-Z][\w-]*(?:[ =]?\d+|\s+(?:cumulative|time|calls))?)+\s*")
_HARMLESS = words(
    "matplotlib pylab who whos who_ls pinfo pinfo2 pdef pdoc pfile psource psearch page quickref "
    "lsmagic magic precision pprint xmode colors tb pwd config markdown latex"
)
_INSTALLER = re.compile(
    r"\b(pip3?|conda|mamba|micromamba|uv|apt(-get)?|npm|yarn|easy_install|poetry)\s+"
    r"(install|add|i|create|update|upgrade|remove|uninstall|sync|pip)\b"
)
_RULES: dict[str, Rule] = {
    **dict.fromkeys(
        words(
            "system getoutput sx sc ! bash sh script ls ll lf lk ldir lx cat cp mv rm "
            "mkdir rmdir man more less alias alias_magic unalias rehashx killbgscripts cmd"
        ),
        ("shell", "starts a process"),
    ),
    **dict.fromkeys(words("pip conda mamba micromamba uv"), ("install", "installs packages")),
    **dict.fromkeys(("rm", "mv", "rmdir"), ("delete", "deletes or moves files")),
    **dict.fromkeys(
        words("cd pushd popd bookmark logstart logon save notebook"),
        ("write", "changes the working folder or writes files"),
    ),
    **dict.fromkeys(
        words("env set_env connect_info history hist dhist"),
        ("secrets", "reads or changes the environment or the input history"),
    ),
    **dict.fromkeys(
        words(
            "k2 load_ext reload_ext unload_ext autoreload store config autocall automagic "
            "macro qtconsole connect kernel_config logstate"
        ),
        ("config", "changes IPython or k2_jupyter"),
    ),
    **dict.fromkeys(words("javascript js"), ("script", "puts a script or a page into the output")),
    **dict.fromkeys(("pastebin", "gist"), ("network", "uses the network")),
}
_AUTOMAGIC = frozenset(_RULES) | words("run load edit reset rerun recall debug")
_GUESSED = re.compile(r"\s*(?P<name>\w+)(?:\s*|\s+-.*)\Z")


@dataclass(frozen=True, slots=True)
class Magic:
    """A call of a magic, or of the shell, whose words are all constants."""

    name: str
    line: str
    body: str = ""

    def finding(self) -> Rule | None:
        """Why it asks; ``None``: it is harmless, or its code and text are looked at instead."""
        words = f"%{self.name} {self.line}".strip()
        shown = f"`{textwrap.shorten(words, 60, placeholder=' …')}`"
        if self.name in ("system", "getoutput"):
            shown = f"`!{textwrap.shorten(self.line, 60, placeholder=' …')}`"
        if _INSTALLER.search(self.line) or _INSTALLER.search(self.body):
            return "install", f"installs packages ({shown})"
        if self.name == "config" and self.line.startswith("InlineBackend."):
            return None
        if self.name in _RULES:
            kind, what = _RULES[self.name]
            return kind, f"{what} ({shown})"
        if self.name not in _NOT_EXPANDED and re.search(r"[{$]", self.line):
            return "code", f"fills code into a magic ({shown})"
        if self.name in _HARMLESS | _RUNS_CODE | _LOOKED_INTO:
            return None
        return "code", f"is not among the magics known to be plain ({shown})"

    def sources(self) -> Iterator[str]:
        """The code that it runs, to be looked at like a cell."""
        if self.name not in _RUNS_CODE:
            return
        if self.body:
            yield self.body
        if self.name != "capture":
            yield _OPTIONS.sub("", self.line)

    @property
    def written_path(self) -> str | None:
        """Where ``%%writefile`` writes."""
        if self.name not in ("writefile", "file"):
            return None
        return re.sub(r"^\s*-a\s+|--append\s+", "", self.line).strip().strip("\"'")

    @property
    def shown_html(self) -> str:
        return self.body if self.name.lower() in ("html", "svg", "markdown", "latex") else ""


def magic_call(node: ast.AST) -> Magic | None:
    """Read `get_ipython().run_line_magic('time', 'x')` and its siblings."""
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Name(id="get_ipython"), args=[]),
                attr="run_line_magic" | "run_cell_magic" | "system" | "getoutput" as method,
            ),
            args=args,
            keywords=[],
        ) if all(isinstance(arg, ast.Constant) and isinstance(arg.value, str) for arg in args):
            words = [ast.literal_eval(arg) for arg in args]
            if method in ("system", "getoutput"):
                words = [method, *words]
            if 2 <= len(words) <= 3:
                return Magic(words[0].lstrip("%"), *words[1:])
    return None


def automagic(source: str) -> Magic | None:
    """A one-line cell that IPython takes for a magic without its ``%``, like ``env``."""
    found = _GUESSED.fullmatch(source)
    if found is None or found["name"] not in _AUTOMAGIC:
        return None
    return Magic(found["name"], source.strip().removeprefix(found["name"]).strip())
