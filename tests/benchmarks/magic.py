"""What `%load_ext k2_jupyter` costs beyond an extension that does nothing.

``python -m tests.benchmarks.magic``; fails where it is more than `TARGET_MS`. Each is loaded
in fresh processes, in turn, with all imported that a kernel has imported before a first cell.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET_MS = 50.0
ROUNDS = 15
_HEAVY = ("ipywidgets", "jinja2", "nbformat", "openai", "pandas", "rich", "k2_jupyter.hosts")
_LOAD = """
import json, sys, time
import ipykernel.ipkernel, ipykernel.zmqshell
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
began = time.perf_counter()
shell.run_line_magic("load_ext", sys.argv[1])
took = time.perf_counter() - began
print(json.dumps([took * 1000, [name for name in sys.argv[2:] if name in sys.modules]]))
"""


def load(extension: str, folder: Path) -> float:
    """Milliseconds of one load in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, extension, *_HEAVY],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    took, heavy = json.loads(done.stdout.splitlines()[-1])
    assert not heavy, f"{extension} imports {', '.join(heavy)}"
    return float(took)


def main() -> None:
    """Print the medians; exit with 1 where the target is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "empty_extension.py").write_text("def load_ipython_extension(shell): pass\n")
        pairs = [
            (load("empty_extension", folder), load("k2_jupyter", folder)) for _ in range(ROUNDS)
        ]
    empty, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    more = ours - empty
    print(f"%load_ext: {ours:.1f} ms; an empty extension: {empty:.1f} ms; {more:.1f} ms more")
    sys.exit(more > TARGET_MS)


if __name__ == "__main__":
    main()
