"""What a process of ours must not wait for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_SLOW = "raise SystemExit('imported: this takes 3 s')"


def test_no_command_waits_for_a_grammar_that_it_does_not_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rfc3987_syntax.py").write_text(_SLOW, "utf-8")
    notebook = tmp_path / "a.ipynb"
    notebook.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    command = [sys.executable, "-m", "k2_jupyter", "export", "a.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.html").exists()
