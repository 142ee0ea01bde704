"""Arrays: numpy, scipy.sparse, torch, xarray, dask. Runs inside the user's kernel.

Numbers are taken from arrays in memory only; what is lazy or on a device stays there. Over
250 lines: one short class for each of five libraries.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from . import kinds, looking, words

_ALL = 2_000_000
"""Elements up to which all are counted; of more, every so many-th."""
_SAMPLED = 200_000
_HASHED = 100_000
"""Bytes up to which an array is compared as a whole; of more, 512 elements."""
_PLAIN_DTYPES = "biuf"


def values(array: Any, most: int) -> Any:
    """A flat array of at most about `most` elements, evenly spaced; a copy."""
    step = max(1, -(-array.size // most))
    return array.ravel() if step == 1 else array.flat[::step]


def summary(array: Any) -> str:
    """Least, mean and greatest of the finite numbers, and how many are NaN; "" for none."""
    numpy = sys.modules["numpy"]
    if array.dtype.kind not in _PLAIN_DTYPES or not array.size:
        return ""
    some = values(array, _ALL if array.size <= _ALL else _SAMPLED)
    parts: list[str] = []
    with numpy.errstate(all="ignore"):
        finite = some[numpy.isfinite(some)] if some.dtype.kind == "f" else some
        if finite.size:
            mean = finite.mean(dtype="float64")
            low, high = finite.min().item(), finite.max().item()
            parts.append(
                f"min {words.number(low)}, mean {words.number(mean)}, max {words.number(high)}"
            )
        nan = int(numpy.isnan(some).sum()) if some.dtype.kind == "f" else 0
    if nan:
        parts.append(f"{nan} NaN")
    if some.size - finite.size - nan:
        parts.append(f"{some.size - finite.size - nan} infinite")
    text = ", ".join(parts)
    return text if some.size == array.size else f"{text} (of {some.size} evenly spaced values)"


def fingerprint(array: Any, walk: kinds.Walk) -> Any:
    """What differs when an array in memory does: all of a small one, a sample of a large."""
    if array.dtype.hasobject:
        some = array.flat[:200].tolist()
        walk.whole = walk.whole and array.size <= 200
        return walk.of(some)
    if array.nbytes <= _HASHED:
        return hash(array.tobytes())
    walk.whole = False
    return hash(values(array, 512).tobytes())


class Array(kinds.Kind):
    def outline(self, value: Any) -> str:
        name = words.short(looking.class_name(type(value)))
        if len(value.shape) == 1:
            return f"{name} of {value.dtype}, {words.counted(value.shape[0], 'value')}"
        return f"{name} of {value.dtype}, {words.size(value.shape) or 'one value'}"

    def line(self, value: Any) -> str:
        said = self.said(value)
        return f"{self.outline(value)}: {said}" if said else self.outline(value)

    def said(self, value: Any) -> str:
        if value.size <= 8:
            return words.short(kinds.brief(value.tolist(), 3), 120)
        return summary(value)

    def details(self, value: Any) -> Iterator[str]:
        if value.size > 8:
            yield f"  first: {kinds.row(value.flat[:24].tolist(), more=value.size > 24)}"

    def facts(self, value: Any) -> kinds.Facts:
        return {"shape": words.size(value.shape), "dtype": str(value.dtype)}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return fingerprint(value, walk)


class Masked(Array):
    """`numpy.ma`: the methods of the masked array know what is masked."""

    def said(self, value: Any) -> str:
        masked = int(value.mask.sum()) if value.size <= _ALL else None
        return "masked array" if masked is None else f"{masked} masked"

    def details(self, value: Any) -> Iterator[str]:
        return iter(())

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return fingerprint(value.data, walk), fingerprint(
            sys.modules["numpy"].ma.getmaskarray(value), walk
        )


class NumpyScalar(kinds.Kind):
    def outline(self, value: Any) -> str:
        return words.short(looking.class_name(type(value)))

    def line(self, value: Any) -> str:
        return f"{self.outline(value)} = {self.brief(value, 1)}"

    def brief(self, value: Any, depth: int) -> str:
        if value.dtype.kind in "mMV":
            return words.short(str(value))
        return kinds.brief(value.item(), depth)

    def facts(self, value: Any) -> kinds.Facts:
        return {"=": self.brief(value, 1)}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return self.brief(value, 1)


class Sparse(kinds.Kind):
    """A scipy sparse matrix: what is stored, never a dense copy."""

    def outline(self, value: Any) -> str:
        name = words.short(looking.class_name(type(value)))
        return f"{name} of {value.dtype}, {words.size(value.shape)}, {value.nnz} stored"

    def details(self, value: Any) -> Iterator[str]:
        cells = 1
        for length in value.shape:
            cells *= length
        if cells:
            yield f"  {words.number(100 * value.nnz / cells)} % stored"
        data = looking.own_dict(value).get("data")
        if type(data) is getattr(sys.modules.get("numpy"), "ndarray", None):
            yield f"  stored values: {summary(data)}"

    def facts(self, value: Any) -> kinds.Facts:
        return {"shape": words.size(value.shape), "dtype": str(value.dtype), "stored": value.nnz}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        walk.whole = False
        return walk.of(looking.own_dict(value).get("data"))


class Tensor(kinds.Kind):
    """A torch tensor. Numbers of a CPU tensor only: reading another waits for its device."""

    def outline(self, value: Any) -> str:
        name = words.short(looking.class_name(type(value)))
        dtype = str(value.dtype).replace("torch.", "")
        shape = words.size(value.shape) or "one value"
        grad = ", requires grad" if value.requires_grad else ""
        return f"{name} of {dtype}, {shape}, on {value.device}{grad}"

    def line(self, value: Any) -> str:
        array = self._array(value)
        said = ARRAY.said(array) if array is not None else ""
        return f"{self.outline(value)}: {said}" if said else self.outline(value)

    def details(self, value: Any) -> Iterator[str]:
        array = self._array(value)
        return iter(()) if array is None else ARRAY.details(array)

    def facts(self, value: Any) -> kinds.Facts:
        return {
            "shape": words.size(value.shape),
            "dtype": str(value.dtype),
            "device": str(value.device),
            "requires_grad": str(value.requires_grad),
        }

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        walk.whole = False
        return value._version  # counts the changes in place, without reading any

    def _array(self, value: Any) -> Any:
        """A view of its memory as a numpy array; None where that is not plain memory."""
        if value.device.type != "cpu":
            return None
        try:
            return value.detach().numpy()
        except (RuntimeError, TypeError):  # sparse, bfloat16, meta, a functional transform …
            return None


class Named(kinds.Kind):
    """A dtype or a device, which may be asked for its text."""

    def outline(self, value: Any) -> str:
        return f"{looking.title(type(value))} {words.short(str(value))}"

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return str(value)


class Lazy(kinds.Kind):
    """A dask array: shape and pieces are known, the rest is not computed."""

    def outline(self, value: Any) -> str:
        blocks = words.size(value.numblocks)
        shape = words.size(value.shape)
        return f"dask Array of {value.dtype}, {shape}, in {blocks} blocks, not computed"

    def facts(self, value: Any) -> kinds.Facts:
        return {"shape": words.size(value.shape), "dtype": str(value.dtype)}


class Labelled(kinds.Kind):
    """An xarray DataArray or Dataset; variables that are not in memory stay where they are."""

    def outline(self, value: Any) -> str:
        dims = words.listed(f"{kinds.label(name)} {n}" for name, n in value.sizes.items())
        name = f"xarray {looking.class_name(type(value))}"
        if hasattr(value, "data_vars"):
            variables = words.listed(kinds.label(name) for name in value.data_vars)
            return words.short(f"{name}, dims: {dims}; variables: {variables}", words.LINE)
        return words.short(f"{name} of {value.dtype}, dims: {dims}", words.LINE)

    def line(self, value: Any) -> str:
        array = None if hasattr(value, "data_vars") else _in_memory(value.variable)
        said = summary(array) if array is not None else ""
        return f"{self.outline(value)}: {said}" if said else self.outline(value)

    def details(self, value: Any) -> Iterator[str]:
        for name, index in list(value.indexes.items())[:10]:
            ends = f"{kinds.brief(index[0])} … {kinds.brief(index[-1])}" if len(index) else "empty"
            yield f"  coordinate {kinds.label(name)}: {index.dtype}, {ends}"
        variables = value.data_vars if hasattr(value, "data_vars") else {}
        for name in list(variables)[:15]:
            yield f"  {kinds.label(name)}: {_variable(name, variables[name].variable)}"

    def facts(self, value: Any) -> kinds.Facts:
        dims = {kinds.label(name): str(length) for name, length in value.sizes.items()}
        if not hasattr(value, "data_vars"):
            return {"dimension": dims, "dtype": str(value.dtype)}
        variables = value.data_vars
        dtypes = {kinds.label(name): str(variables[name].dtype) for name in variables}
        return {"dimension": dims, "variable": dtypes}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        walk.whole = False
        if hasattr(value, "data_vars"):
            return tuple(_content(value.data_vars[name].variable, walk) for name in value.data_vars)
        return _content(value.variable, walk)


def _in_memory(variable: Any) -> Any:
    """The numpy array of an xarray variable; None where its values would be loaded."""
    data = getattr(variable, "_data", None)
    return data if type(data) is sys.modules["numpy"].ndarray else None


def _content(variable: Any, walk: kinds.Walk) -> Any:
    array = _in_memory(variable)
    return None if array is None else fingerprint(array, walk)


def _variable(name: Any, variable: Any) -> str:
    dims = words.listed(kinds.label(dim) for dim in variable.dims)
    array = _in_memory(variable)
    text = f"{variable.dtype} ({dims})"
    if array is None:
        return f"{text}, not in memory"
    return text if words.secret(name) else f"{text} {summary(array)}".rstrip()


ARRAY = Array()


def register() -> None:
    kinds.add(ARRAY, "numpy.ndarray")
    kinds.add(Masked(), "numpy.MaskedArray")
    kinds.add(NumpyScalar(), "numpy.generic")
    kinds.add(Sparse(), "scipy._spbase", "scipy.spmatrix")
    kinds.add(Tensor(), "torch.Tensor")
    kinds.add(Named(), "torch.dtype", "torch.device", "numpy.dtype")
    kinds.add(Lazy(), "dask.Array")
    kinds.add(Labelled(), "xarray.Dataset", "xarray.DataArray")
