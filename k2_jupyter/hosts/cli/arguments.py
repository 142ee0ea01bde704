"""What `k2` takes on the command line. Imports nothing heavy: `k2 --help` must be quick.

Longer than other files because all options of all commands stand here.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from k2_jupyter import __version__

EXIT_CODES = """\
exit codes:
  0    done
  1    k2 verify: a cell differs, or could not be run again
  2    usage: an option, a file or the configuration must be changed
  3    outside the offline analyst's catalogue, or the model says that it cannot
  70   a bug in k2, or the notebook could not go on (disk full, no kernel)
  74   a limit stopped it
  75   the model could not be reached
  77   an approval was needed and nobody was there
  130  interrupted
The files are valid in every case. After 74, 75 and 130, `--notebook OUT/analysis.ipynb` goes
on with what is there."""

RUN_EXAMPLES = """\
examples:
  k2 run "does price differ by region?" --data sales.csv
  k2 run "profile this file" --data survey.xlsx --out survey
  k2 run "now without 2025" --notebook k2-out/analysis.ipynb --out second
  k2 run "plan a churn analysis" --data churn.parquet --plan-only
  k2 run "fit a random forest" --data wine.csv --model k2.6
  k2 run "summarise" --data a.csv --model my-model --base-url http://127.0.0.1:8000/v1

"""

ALLOW_HELP = (
    "let cells of these kinds run without asking: shell, network, "
    "install, delete, write (outside the output folder), secrets, code (exec, eval, pickle …), "
    "config, script (in outputs), unparsable"
)


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(
        prog="k2",
        description=(
            "A notebook agent for Jupyter: from one request to a finished, checked analysis. "
            "Without a key an offline analyst works by rules; it is no language model."
        ),
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"k2_jupyter {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_demo(commands)
    _add_export(commands)
    _add_verify(commands)
    _add_check(commands)
    _add_record(commands)
    _add_endpoint(commands)
    _add_turns(commands)
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    summary: str,
    epilog: str = "",
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog or None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = _command(
        commands,
        "run",
        "carry out a task; leaves analysis.ipynb and analysis.html",
        RUN_EXAMPLES + EXIT_CODES,
    )
    run.add_argument("task", nargs="?", metavar="TASK", help="the request, in plain words")
    _add_files(run)
    _add_model(run)
    run.add_argument("--kernel", metavar="NAME", help="a kernelspec; default: python3")
    run.add_argument(
        "--no-verify",
        dest="verify",
        action="store_false",
        help="do not run the notebook again at the end; the report says so",
    )
    run.add_argument(
        "--catalogue", action="store_true", help="print what the offline analyst can do, and end"
    )
    _add_policy(run)


def _add_files(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "--data",
        action="extend",
        nargs="+",
        default=[],
        type=Path,
        metavar="FILE",
        help="CSV, TSV, Parquet, Excel or JSON files",
    )
    run.add_argument(
        "--notebook",
        type=Path,
        metavar="IN.ipynb",
        help="continue this notebook; the result goes to the output folder",
    )
    run.add_argument(
        "--out", type=Path, metavar="DIR", help="output folder; default: k2-out, k2-out-2, …"
    )
    run.add_argument(
        "--force", action="store_true", help="overwrite an earlier analysis in the output folder"
    )


def _add_policy(run: argparse.ArgumentParser) -> None:
    """How far a run may go. Caps in the user's ``config.toml`` are lowered, never raised."""
    run.add_argument("--max-steps", type=_positive, metavar="N", help="model calls; default 300")
    run.add_argument("--max-seconds", type=_positive, metavar="N", help="wall time; default 3600")
    run.add_argument("--plan-only", action="store_true", help="make a plan, run nothing")
    run.add_argument(
        "--allow", action="extend", nargs="+", default=[], metavar="KIND", help=ALLOW_HELP
    )
    run.add_argument(
        "--no-images",
        dest="images",
        action="store_false",
        help="send no pictures, only descriptions of figures",
    )


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _command(
        commands,
        "demo",
        "analyse a real salary data set with the offline analyst",
        "The data are CC0 (aijobs.net/salaries). No key and no network are needed.",
    )
    demo.add_argument(
        "--out", type=Path, metavar="DIR", help="output folder; default: k2-demo, k2-demo-2, …"
    )
    demo.add_argument("--force", action="store_true", help="overwrite an earlier demo there")


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = _command(
        commands,
        "export",
        "write a notebook as one self-contained HTML file",
        "examples:\n  k2 export k2-out/analysis.ipynb\n"
        "  k2 export notes.ipynb --no-code -o report.html",
    )
    export.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    code = export.add_mutually_exclusive_group()
    code.add_argument(
        "--no-code",
        dest="code",
        action="store_const",
        const="hide",
        default="show",
        help="leave the code out",
    )
    code.add_argument(
        "--fold-code",
        dest="code",
        action="store_const",
        const="fold",
        help="fold each code cell behind its purpose",
    )
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: NOTEBOOK.html")


def _add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = _command(
        commands,
        "verify",
        "run a notebook again from top to bottom and tell what differs",
        "The code runs with your rights, in a new kernel and in a copy of the notebook's\n"
        "folder, so that the files in it stay as they are. Numbers are compared within a\n"
        "tolerance, figures by what they show. The notebook is not changed.\n\n"
        "examples:\n  k2 verify k2-out/analysis.ipynb\n  k2 verify notes.ipynb --in-place\n\n"
        + EXIT_CODES,
    )
    verify.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    verify.add_argument("--kernel", metavar="NAME", help="a kernelspec; default: python3")
    verify.add_argument(
        "--max-seconds", type=_positive, metavar="N", help="wall time; default 3600"
    )
    verify.add_argument(
        "--in-place",
        action="store_true",
        help="run in the notebook's folder itself: its cells may change files there",
    )


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = _command(
        commands,
        "check",
        "try the configured endpoint: what works, is worked around, will fail",
        "Six or seven short requests, which cost a few hundred tokens each.\n\n"
        "examples:\n  k2 check\n  k2 check --model k2.6\n"
        "  k2 check --model my-model --base-url http://127.0.0.1:8000/v1",
    )
    _add_model(check)
    check.add_argument("--json", action="store_true", help="print the table as JSON")


def _add_record(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    record = _command(
        commands,
        "record",
        "ask what `k2 check` asks, and keep the responses as they came, without secrets",
        "Each response becomes a file FOLDER/NN-TOPIC.http: its status, its content type and\n"
        "its body. Keys, ids of requests and accounts, and names of users are taken out;\n"
        "nothing is written where a known secret would remain. Read the files before you\n"
        "share them.\n\n"
        "examples:\n  k2 record streams\n"
        '  k2 record streams "How warm is it in the kitchen?" --model k2.6',
    )
    record.add_argument("folder", type=Path, metavar="FOLDER", help="new, or empty")
    record.add_argument("question", nargs="?", metavar="QUESTION", help="ask only this")
    _add_model(record)


def _add_endpoint(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    login = _command(
        commands,
        "login",
        "store the base URL and the key of an endpoint, readable by you alone",
        "examples:\n  k2 login\n  k2 login --base-url https://HOST/v1 --model k2.6\n"
        "  k2 login --stdin < key.txt",
    )
    login.add_argument("--base-url", metavar="URL", help="default: asked for")
    login.add_argument("--model", metavar="PRESET|ID", help="the model to use with it")
    login.add_argument("--stdin", action="store_true", help="read the key from standard input")
    serve = _command(
        commands,
        "serve-analyst",
        "serve the offline analyst as an OpenAI-compatible endpoint on this machine",
    )
    serve.add_argument("--port", type=int, default=0, help="default: a free one")


def _add_turns(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    turns = _command(
        commands,
        "turns",
        "list, show or purge the journals of earlier turns",
        "examples:\n  k2 turns list\n  k2 turns show 3f2a\n  k2 turns purge --older-than 30",
    )
    actions = turns.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="all turns, newest first")
    show = actions.add_parser("show", help="what happened in one turn")
    show.add_argument("turn", help="its id, or the beginning of it")
    purge = actions.add_parser("purge", help="delete journals; the caps of a day stay used")
    purge.add_argument("turns", nargs="*", metavar="TURN", help="ids, or beginnings of ids")
    purge.add_argument("--older-than", type=_positive, metavar="DAYS")
    purge.add_argument("--all", action="store_true")


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        metavar="PRESET|ID",
        help="offline, a preset (k2.6, k3, …) or any model id; default: what `k2 login` "
        "stored, else offline",
    )
    command.add_argument(
        "--base-url", metavar="URL", help="an OpenAI-compatible endpoint, …/v1 included"
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value
