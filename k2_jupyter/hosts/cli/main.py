"""The entry of `k2`: parses, calls one command, turns errors into a line and an exit code."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from k2_jupyter.errors import K2Error, ModelError, SettingsError
from k2_jupyter.hosts.cli.arguments import parser
from k2_jupyter.hosts.light import leave_out_slow_imports

if TYPE_CHECKING:
    from rich.console import Console

USAGE, BUG, UNREACHABLE, INTERRUPTED = 2, 70, 75, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (`arguments.EXIT_CODES`)."""
    arguments = parser().parse_args(argv)
    leave_out_slow_imports()
    from k2_jupyter.hosts.cli.output import Output

    console, errors = Output(), Output(stderr=True)
    try:
        return _COMMANDS[arguments.command](arguments, console)
    except SettingsError as problem:
        return _failed(errors, problem, USAGE)
    except ModelError as problem:
        return _failed(errors, problem, UNREACHABLE)
    except K2Error as problem:
        return _failed(errors, problem, BUG)
    except KeyboardInterrupt:
        errors.print("k2: interrupted", markup=False)
        return INTERRUPTED


def _failed(errors: Console, problem: K2Error, code: int) -> int:
    errors.print(f"k2: {problem}", markup=False, style="red")
    return code


def _run(arguments: Namespace, console: Console) -> int:
    from k2_jupyter.hosts.cli.run import RunOptions, run

    if arguments.catalogue:
        from k2_jupyter.analyst import CATALOGUE

        console.print(CATALOGUE, markup=False)
        return 0
    for values in (arguments.data, arguments.allow):  # k2 run --data FILE "TASK"
        if arguments.task is None and len(values) > 1 and " " in str(values[-1]).strip():
            arguments.task = str(values.pop())
    if not (arguments.task or "").strip():
        raise SettingsError('`k2 run` needs a task, for example: k2 run "profile this" --data F.')
    names = RunOptions.__dataclass_fields__
    return run(RunOptions(**{k: v for k, v in vars(arguments).items() if k in names}), console)


def _demo(arguments: Namespace, console: Console) -> int:
    from k2_jupyter.hosts.cli.demo import demo

    return demo(arguments.out, console, force=arguments.force)


def _export(arguments: Namespace, console: Console) -> int:
    from k2_jupyter.hosts.cli.export import run_export

    return run_export(arguments.notebook, arguments.output, arguments.code, console)


def _verify(arguments: Namespace, console: Console) -> int:
    from k2_jupyter.hosts.cli.verify import run_verify

    return run_verify(
        arguments.notebook,
        console,
        kernel=arguments.kernel,
        seconds=arguments.max_seconds,
        in_place=arguments.in_place,
    )


def _check(arguments: Namespace, console: Console) -> int:
    from k2_jupyter.hosts.cli.check import run_check
    from k2_jupyter.settings import Settings

    settings = Settings.load(arguments.model, arguments.base_url)
    return run_check(settings, console, as_json=arguments.json)


def _record(arguments: Namespace, console: Console) -> int:
    import os

    from k2_jupyter.hosts.cli.record import run_record
    from k2_jupyter.settings import Settings, take_keys

    keys = take_keys(os.environ)
    settings = Settings.load(arguments.model, arguments.base_url, keys=keys)
    return run_record(
        settings, arguments.folder, console, question=arguments.question, keys=keys.values()
    )


def _login(arguments: Namespace, console: Console) -> int:
    from k2_jupyter.hosts.cli.login import login

    return login(arguments.base_url, arguments.model, console, stdin=arguments.stdin)


def _serve_analyst(arguments: Namespace, console: Console) -> int:
    from k2_jupyter.analyst import answer
    from k2_jupyter.hosts.cli.serve_analyst import serve

    return serve(answer, console, port=arguments.port)


def _turns(arguments: Namespace, console: Console) -> int:
    from k2_jupyter.hosts.cli import turns
    from k2_jupyter.settings import state_folder

    folder = state_folder()
    if arguments.action == "list":
        return turns.list_turns(folder, console)
    if arguments.action == "show":
        return turns.show_turn(folder, arguments.turn, console)
    return turns.purge(
        folder, console, ids=arguments.turns, older_than=arguments.older_than, all=arguments.all
    )


_COMMANDS: dict[str, Callable[[Namespace, Console], int]] = {
    "run": _run,
    "demo": _demo,
    "export": _export,
    "verify": _verify,
    "check": _check,
    "record": _record,
    "login": _login,
    "serve-analyst": _serve_analyst,
    "turns": _turns,
}

if __name__ == "__main__":
    sys.exit(main())
