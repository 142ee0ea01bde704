"""A real kernel with objects that would sleep, end it or delete a file: none of them does."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from tests.notebook.contract import run

HOSTILE = """
import os, time, pathlib
import numpy as np, pandas as pd

kept = pathlib.Path("kept.txt")
kept.write_text("still here")

def harm(*_):
    kept.unlink()
    time.sleep(60)
    os._exit(3)

class Bad:
    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __hash__ = __bool__ = harm
    __getattr__ = __getattribute__ = __dir__ = __format__ = __call__ = __reduce__ = harm
    __array__ = __array_interface__ = __class__ = __dict__ = property(harm)

class Meta(type):
    __getattribute__ = __repr__ = __eq__ = __hash__ = __instancecheck__ = __dir__ = harm

class OfMeta(metaclass=Meta):
    pass

class BadDict(dict):
    __len__ = __iter__ = __getitem__ = __repr__ = items = keys = values = harm

class BadText(str):
    __len__ = __getitem__ = __repr__ = __str__ = __eq__ = __hash__ = harm

class BadFrame(pd.DataFrame):
    shape = dtypes = columns = property(harm)
    __len__ = __repr__ = head = harm

bad = object.__new__(Bad)
of_meta = object.__new__(OfMeta)
bad_dict = dict.__new__(BadDict)
bad_text = str.__new__(BadText, "abc")
bad_frame = object.__new__(BadFrame)
nested = [bad, {1: bad}, (of_meta, OfMeta)]
array = np.empty(2, dtype=object)
array[0] = bad
column = pd.Series(array, dtype=object)
"""
LARGE = """
import numpy as np, pandas as pd
frame = pd.DataFrame({"a": np.zeros(10_000_000), "b": np.arange(10_000_000)})
frame["s"] = "text"
array = np.zeros(100_000_000)
wide = pd.DataFrame(np.zeros((10, 5_000)))
deep = []
for _ in range(100_000):
    deep = [deep]
ring = {}
ring["ring"] = [ring]
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[ClientKernel]:
    with ClientKernel("python3", tmp_path, kernel_environment(os.environ)) as kernel:
        yield kernel


def test_nothing_is_called_that_could_do_harm(kernel: ClientKernel, tmp_path: Path) -> None:
    made = run(kernel, HOSTILE)
    assert made.status == "ok"
    assert made.changes.appeared["bad"] == "Bad"
    assert made.changes.appeared["bad_text"] == "BadText, 3 characters = 'abc'"
    assert made.changes.appeared["nested"] == (
        "list, 3 items: [Bad, {1: Bad}, (OfMeta, class OfMeta)]"
    )
    names = list(made.changes.appeared)
    described = kernel.describe(names[:20], stop=threading.Event())
    assert set(described) == set(names[:20])
    assert run(kernel, "nested.append(1)").changes.changed == {"nested": "list: 3 → 4 items"}
    assert (tmp_path / "kept.txt").read_text() == "still here"


def test_very_large_and_deep_things_are_told_in_bounds(kernel: ClientKernel) -> None:
    # What a look costs is asserted by what it does, not by the time that a busy machine takes.
    run(kernel, "import sys; sys.modules['_k2_jupyter.values.variables']._COMPARING = 60")
    run(kernel, "sys.modules['_k2_jupyter.values.variables']._LOOKING = 60")
    made = run(kernel, LARGE)
    assert made.changes.appeared["frame"].startswith("DataFrame, 10000000 rows × 3 columns")
    assert made.changes.appeared["wide"].startswith("DataFrame, 10 rows × 5000 columns")
    assert max(map(len, made.changes.appeared.values())) <= 300
    described = kernel.describe(list(made.changes.appeared), stop=threading.Event())
    assert max(map(len, described.values())) <= 1_500
    assert "every" in described["frame"]
    assert "evenly spaced" in described["array"]
    assert run(kernel, "frame['b'] *= 2").changes.changed == {
        "frame": "DataFrame: changed in place"
    }
