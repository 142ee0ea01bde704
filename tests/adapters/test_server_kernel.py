"""A kernel that a Jupyter server owns and a user uses: cells of both, each in its turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.notebook.base import Kernel
from tests.adapters.kernels import SECRET
from tests.adapters.served import Served, server
from tests.notebook.contract import KernelContract


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One kernel for all tests, and one user."""
    folder = tmp_path_factory.mktemp("served")
    with server(folder) as made, made.kernel() as kernel:
        yield kernel


@pytest.fixture
def kernel(served: Served) -> Kernel:
    """Of a turn."""
    return served.shared.port(redactor=Redactor([SECRET]))


class TestContract(KernelContract):
    """The one of every kernel."""
