"""`edge_cases.toml` is whole, and what it names is there."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TABLE = tomllib.loads(Path(__file__).with_name("edge_cases.toml").read_text("utf-8"))


@cache
def known_tests(name: str) -> frozenset[str]:
    """``test_x`` and ``TestY::test_x`` of a file."""
    tree = ast.parse((TESTS / name).read_text("utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    inner = {
        f"{one.name}::{node.name}"
        for one in classes
        for node in one.body
        if isinstance(node, ast.FunctionDef)
    }
    return frozenset(inner | {node.name for node in tree.body if isinstance(node, ast.FunctionDef)})


def test_every_number_is_there() -> None:
    assert list(TABLE["responses"]) == [str(number) for number in range(1, 61)]
    assert list(TABLE["faults"]) == [f"M{number:02}" for number in range(1, 23)]


@pytest.mark.parametrize("number", [number for section in TABLE.values() for number in section])
def test_a_case_has_tests_that_exist(number: str) -> None:
    row = (TABLE["responses"] | TABLE["faults"])[number]
    assert row["case"]
    assert row["tests"]
    for test in row["tests"]:
        path, _, name = test.partition("::")
        assert name in known_tests(path), test
