"""Real kernels: one that many tests share, and one of the test's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.journal.redaction import Redactor
from tests.adapters.kernels import SECRET
from tests.adapters.served import Hold, Served, server


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientKernel]:
    """One kernel for the tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("kernel")
    with ClientKernel(
        "python3",
        folder,
        kernel_environment(os.environ),
        redactor=Redactor([SECRET]),
        spool_dir=folder / "spool",
    ) as kernel:
        yield kernel


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[ClientKernel]:
    """A kernel of the test's own, impatient with cells that do not react."""
    with ClientKernel(
        "python3", tmp_path, kernel_environment(os.environ), interrupt_waits=(0.5, 0.5)
    ) as kernel:
        yield kernel


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server's kernel for all tests, and one user: whatever they do to it, there is a next."""
    folder = tmp_path_factory.mktemp("served")
    with server(folder) as made, made.kernel() as kernel:
        yield kernel


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    """What a cell waits for; let go at the end."""
    made = Hold(tmp_path)
    yield made
    made.let_go()
