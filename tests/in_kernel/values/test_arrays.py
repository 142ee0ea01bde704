"""Arrays: numpy, scipy.sparse, xarray."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse
import xarray as xr

from tests.in_kernel.shells import Shell


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (np.float64(2.5), "float64 = 2.5"),
        (np.array([1, 2]), "ndarray of int64, 2 values: [1, 2]"),
        (np.zeros((3, 4)), "ndarray of float64, 3 × 4: min 0, mean 0, max 0"),
        (np.array(3.5), "ndarray of float64, one value: 3.5"),
        (np.array(["a", "bb"]), "ndarray of <U2, 2 values: ['a', 'bb']"),
        (np.full(9, np.nan), "ndarray of float64, 9 values: 9 NaN"),
        (
            np.array([*range(8), np.nan, np.inf]),
            "ndarray of float64, 10 values: min 0, mean 3.5, max 7, 1 NaN, 1 infinite",
        ),
        (np.ma.masked_array([1, 2], [False, True]), "MaskedArray of int64, 2 values: 1 masked"),
        (np.datetime64("2024-01-01"), "datetime64 = 2024-01-01"),
    ],
    ids=str,
)
def test_one_line_says_what_it_is(shell: Shell, value: Any, line: str) -> None:
    assert shell.line(value) == line


def test_of_a_very_large_array_a_part_is_read(shell: Shell) -> None:
    large = np.zeros(100_000_000, dtype=np.int8)
    assert shell.line(large) == (
        "ndarray of int8, 100000000 values: min 0, mean 0, max 0 (of 200000 evenly spaced values)"
    )
    assert shell.lines(large)[1].startswith("first: 0, 0")


def test_changes_of_an_array(shell: Shell) -> None:
    array = np.arange(12.0)
    assert shell.change(array, array.reshape(3, 4), "a") == "ndarray: shape 12 → 3 × 4"
    assert shell.change(array, array.astype("f4"), "b") == "ndarray: dtype float64 → float32"
    shell.user_ns.clear()
    shell.user_ns["c"] = array
    shell.changes()
    array[3] = -1
    assert shell.changes()["changed"] == {"c": "ndarray: changed in place"}


def test_a_large_array_changed_as_a_whole_is_seen(shell: Shell) -> None:
    array = np.ones((1_000, 1_000))
    shell.user_ns["x"] = array
    shell.changes()
    array *= 2
    assert shell.changes()["changed"] == {"x": "ndarray: changed in place"}


def test_a_sparse_matrix_stays_sparse(shell: Shell) -> None:
    matrix = scipy.sparse.csr_array(([1.0, 3.0], ([0, 1], [2, 99_999])), shape=(100_000, 100_000))
    assert shell.line(matrix) == "csr_array of float64, 100000 × 100000, 2 stored"
    assert shell.lines(matrix)[1:] == ["2e-08 % stored", "stored values: min 1, mean 2, max 3"]
    matrix.data[0] = 5
    assert shell.changes()["changed"] == {"x": "csr_array: changed in place"}


def test_labelled_arrays_have_dims_coordinates_and_variables(shell: Shell) -> None:
    dataset = xr.Dataset(
        {"t": (("x", "y"), np.ones((2, 3))), "password": ("x", [1, 2])}, coords={"x": [10, 20]}
    )
    assert shell.line(dataset) == "xarray Dataset, dims: x 2, y 3; variables: t, password"
    assert shell.lines(dataset)[1:] == [
        "coordinate x: int64, 10 … 20",
        "t: float64 (x, y) min 1, mean 1, max 1",
        "password: int64 (x)",
    ]
    assert shell.line(dataset.t, "t") == (
        "xarray DataArray of float64, dims: x 2, y 3: min 1, mean 1, max 1"
    )
    assert shell.change(dataset, dataset.assign(u=dataset.t + 1)) == (
        "Dataset: + variable u float64"
    )


def test_labelled_arrays_on_disk_are_not_loaded(shell: Shell) -> None:
    class OnDisk(xr.backends.BackendArray):
        shape, dtype, loaded = (3,), np.dtype("f8"), 0

        def __getitem__(self, key: Any) -> Any:
            OnDisk.loaded += 1
            return np.zeros(3)

    lazy = xr.core.indexing.LazilyIndexedArray(OnDisk())
    dataset = xr.Dataset({"t": xr.Variable("x", lazy)})
    assert shell.line(dataset) == "xarray Dataset, dims: x 3; variables: t"
    assert shell.lines(dataset)[1:] == ["t: float64 (x), not in memory"]
    assert shell.line(dataset.t, "t") == "xarray DataArray of float64, dims: x 3"
    shell.changes()
    assert OnDisk.loaded == 0
