"""In a real kernel: what the user's code has taken up, and nothing else."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import numpy
import pandas
import scipy

ASK = """
import types
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell({source!r})
from k2_jupyter.in_kernel.versions import versions
print(versions())
"""


def versions(source: str) -> dict[str, str]:
    code = ASK.format(source=source)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_packages_behind_modules_functions_and_classes_are_named() -> None:
    source = (
        "import json\nimport numpy as np\nfrom scipy import stats\nfrom pandas import DataFrame"
    )

    assert versions(source) == {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "pandas": pandas.__version__,
        "scipy": scipy.__version__,
    }


def test_odd_values_are_passed_by() -> None:
    source = """
class Odd:
    def __getattr__(self, name):
        raise SystemExit
    __module__ = "numpy"
odd, number = Odd(), 3
made = type("Made", (), {"__module__": 5})
fake = types.ModuleType("fake")
fake.__version__ = object()
"""
    assert versions("import types\n" + source) == {"python": platform.python_version()}
