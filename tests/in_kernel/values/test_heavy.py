"""torch, dask and pyspark: nothing is computed, nothing waits for a device.

The stand-ins have the modules, class names and attributes of torch 2.13, dask 2026.8 and
pyspark 4.3; the tests marked `full` use the libraries themselves, in a real kernel.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from tests.in_kernel.shells import Shell
from tests.notebook.contract import run


class ComputedError(AssertionError):
    """A stand-in was asked for what it would have to compute."""


def _compute(*_: Any) -> Any:
    raise ComputedError


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a class of a module that is imported for the length of the test."""

    def make(module: str, name: str, bases: tuple[type, ...] = (), **members: Any) -> Any:
        cls = type(name, bases, {"__module__": module, **members})
        there = sys.modules.get(module)
        if there is None:
            there = ModuleType(module)
            monkeypatch.setitem(sys.modules, module, there)
        monkeypatch.setattr(there, name, cls, raising=False)
        return cls

    return make


# Stand-ins


def test_a_tensor_on_a_device_is_not_read(shell: Shell, stand_in: Any) -> None:
    members = {"__repr__": _compute, "__len__": _compute, "item": _compute, "tolist": _compute}
    tensor = stand_in("torch", "Tensor", **members)
    array = np.array([1.0, 2.0], dtype="f4")

    def made(device: str, detach: Any) -> Any:
        one = tensor()
        one.shape, one.dtype, one.requires_grad = (2,), "torch.float32", True
        one.device, one._version, one.detach = Device(device), 0, detach
        return one

    class Device(SimpleNamespace):
        def __init__(self, name: str) -> None:
            super().__init__(type=name)

        def __str__(self) -> str:
            return str(self.type)

    cpu = made("cpu", lambda: SimpleNamespace(numpy=lambda: array))
    gpu = made("cuda", _compute)
    assert shell.line(cpu, "cpu") == "Tensor of float32, 2, on cpu, requires grad: [1.0, 2.0]"
    assert shell.line(gpu, "gpu") == "Tensor of float32, 2, on cuda, requires grad"
    assert shell.lines(gpu) == ["Tensor of float32, 2, on cuda, requires grad"]
    gpu._version = 1
    assert shell.changes()["changed"]["gpu"] == "Tensor: changed in place"


def test_a_torch_module_is_read_from_what_it_holds(shell: Shell, stand_in: Any) -> None:
    base = stand_in("torch.nn.modules.module", "Module", __getattr__=_compute, __repr__=_compute)
    linear = stand_in("torch.nn.modules.linear", "Linear", (base,))

    def made(cls: type, weights: int, **children: Any) -> Any:
        one = cls()
        weight = SimpleNamespace(numel=lambda: weights, _version=0)
        one.__dict__.update(training=True, _modules=children, _parameters={"weight": weight})
        return one

    class Net(base):  # type: ignore[misc, valid-type]
        forward = _compute

    net = made(Net, 5, first=made(linear, 12), none=None)
    assert shell.line(net).endswith("Net, torch module, 17 parameters, training mode")
    assert shell.lines(net)[1] == "first: Linear, 12 parameters"
    net.__dict__["_modules"]["first"].__dict__["_parameters"]["weight"]._version = 1
    assert shell.changes()["changed"] == {"x": "Net: changed in place"}


def test_dask_is_not_computed_not_even_for_its_partitions(shell: Shell, stand_in: Any) -> None:
    room = "dask.dataframe.dask_expr._"
    blockwise = stand_in(room + "expr", "Blockwise")
    known = stand_in(room + "io", "FromPandas")
    sort = stand_in(room + "shuffle", "SetIndex")
    frame = stand_in(
        room + "collection",
        "DataFrame",
        npartitions=property(lambda self: 4 if self.cheap else _compute()),
        **dict.fromkeys(("compute", "__len__", "__repr__", "divisions", "head"), _compute),
    )

    def made(*nodes: Any, cheap: bool) -> Any:
        one = frame()
        one._meta, one.cheap = pd.DataFrame({"a": [1]}).head(0), cheap
        one._expr = SimpleNamespace(walk=lambda: iter([node() for node in nodes]))
        return one

    assert shell.line(made(blockwise, known, cheap=True), "a") == (
        "dask DataFrame, 4 partitions, not computed, 1 column: a int64"
    )
    assert shell.line(made(blockwise, sort, known, cheap=False), "b") == (
        "dask DataFrame, not computed, 1 column: a int64"
    )
    array = stand_in("dask.array.core", "Array", compute=_compute, __repr__=_compute)()
    array.shape, array.dtype, array.numblocks = (10, 20), "float64", (2, 4)
    assert shell.line(array, "c") == (
        "dask Array of float64, 10 × 20, in 2 × 4 blocks, not computed"
    )


def test_a_spark_frame_has_its_schema_and_no_job(shell: Shell, stand_in: Any) -> None:
    jobs = dict.fromkeys(("count", "collect", "take", "toPandas", "__repr__", "rdd"), _compute)
    base = stand_in("pyspark.sql.dataframe", "DataFrame")
    classic = stand_in("pyspark.sql.classic.dataframe", "DataFrame", (base,), **jobs)
    frame = classic()
    kind = SimpleNamespace(simpleString=lambda: "bigint")
    frame.schema = SimpleNamespace(fields=[SimpleNamespace(name="id", dataType=kind)])
    assert shell.line(frame) == "pyspark DataFrame, not computed, 1 column: id bigint"
    shell.lines(frame)
    shell.changes()


# The libraries themselves


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[ClientKernel]:
    with ClientKernel("python3", tmp_path, kernel_environment(os.environ)) as kernel:
        yield kernel


def told(kernel: ClientKernel, source: str) -> dict[str, str]:
    """Run a source; what is told of the variables that it made."""
    result = run(kernel, source, timeout=600)
    assert result.status == "ok", result.outputs
    return {**result.changes.appeared, **result.changes.changed}


@pytest.mark.full
def test_torch_itself(fresh: ClientKernel) -> None:
    source = """
import torch
t = torch.arange(6.0).reshape(2, 3)
grad = torch.zeros(2, requires_grad=True)
meta = torch.empty(5, device="meta")
half = torch.zeros(3, dtype=torch.bfloat16)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(3, 4)
    def __repr__(self): raise RuntimeError
net = Net()
"""
    made = told(fresh, source)
    assert made["t"] == "Tensor of float32, 2 × 3, on cpu: [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]"
    assert made["grad"] == "Tensor of float32, 2, on cpu, requires grad: [0.0, 0.0]"
    assert made["meta"] == "Tensor of float32, 5, on meta"
    assert made["half"] == "Tensor of bfloat16, 3, on cpu"
    assert made["net"] == "Net, torch module, 16 parameters, training mode"
    change = "with torch.no_grad(): net.first.bias.add_(1)\nt[0] = 9"
    assert told(fresh, change) == {"t": "Tensor: changed in place", "net": "Net: changed in place"}


@pytest.mark.full
def test_dask_itself(fresh: ClientKernel) -> None:
    source = """
import dask, dask.array, dask.bag, dask.dataframe, dask.local, pandas as pd
computed = []
def scheduler(graph, keys, **options):
    computed.append(keys)
    return dask.local.get_sync(graph, keys, **options)
dask.config.set(scheduler=scheduler)
frame = dask.dataframe.from_pandas(pd.DataFrame({"a": range(9), "b": list("xyz") * 3}), 3)
more = frame[frame.a > 3].assign(c=1)
indexed, ordered = frame.set_index("b"), frame.sort_values("a")
means = frame.groupby("b").a.mean()
array = dask.array.ones((10, 20), chunks=(5, 5))
bag = dask.bag.from_sequence(range(4), npartitions=2)
computed.clear()
"""
    made = told(fresh, source)
    assert made["frame"].startswith(
        "dask DataFrame, 3 partitions, not computed, 2 columns: a int64"
    )
    assert made["more"].startswith("dask DataFrame, 3 partitions, not computed, 3 columns")
    assert made["indexed"] == "dask DataFrame, not computed, 1 column: a int64"
    assert made["ordered"].startswith("dask DataFrame, not computed, 2 columns")
    assert made["means"] == "dask Series, not computed, of float64"
    assert made["array"] == "dask Array of float64, 10 × 20, in 2 × 4 blocks, not computed"
    assert made["bag"] == "dask Bag, 2 partitions, not computed"
    fresh.describe(tuple(made)[:20], stop=threading.Event())
    assert told(fresh, "count = len(computed)")["count"] == "int = 0"


@pytest.mark.full
def test_spark_itself(fresh: ClientKernel) -> None:
    assert shutil.which("java"), "pyspark needs Java 17 or later on the PATH"
    source = """
import warnings
warnings.simplefilter("ignore")
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
frame = spark.range(100).selectExpr("id", "cast(id AS string) AS name")
grouped = frame.groupBy("name").count().orderBy("count")
"""
    made = told(fresh, source)
    assert made["frame"] == "pyspark DataFrame, not computed, 2 columns: id bigint, name string"
    assert (
        made["grouped"] == "pyspark DataFrame, not computed, 2 columns: name string, count bigint"
    )
    fresh.describe(("frame", "grouped"), stop=threading.Event())
    jobs = "jobs = spark.sparkContext._jsc.sc().statusStore().jobsList(None).size()"
    assert told(fresh, jobs)["jobs"] == "int = 0"
    told(fresh, "frame.count()")
    assert told(fresh, jobs)["jobs"] == "int = 0 → 1"
    told(fresh, "spark.stop()")
