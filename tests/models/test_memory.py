from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from k2_jupyter.models.memory import Memory
from k2_jupyter.models.profiles import EndpointProfile

HERE = EndpointProfile("https://example.org/v1")
TAUGHT = replace(HERE, refuses=("temperature",), id_style="safe", is_strict=True)


def test_facts_are_kept_for_a_model_at_an_endpoint(tmp_path: Path) -> None:
    Memory(tmp_path / "new" / "folder").keep(HERE, TAUGHT, "m")
    memory = Memory(tmp_path / "new" / "folder")
    assert memory.recall(HERE, "m") == replace(TAUGHT, is_strict=False)
    assert memory.recall(HERE, "another") == HERE
    elsewhere = replace(HERE, base_url="https://example.com/v1")
    assert memory.recall(elsewhere, "m") == elsewhere


def test_it_is_forgotten_after_a_week(tmp_path: Path) -> None:
    Memory(tmp_path).keep(HERE, TAUGHT, "m")
    (path,) = tmp_path.iterdir()
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(content | {"time": content["time"] - 8 * 86_400}), "utf-8")
    assert Memory(tmp_path).recall(HERE, "m") == HERE


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", '{"time": "now", "learnt": {}}', '{"time": 9e99, "learnt": []}',
        '{"time": 9e99, "learnt": {"refuses": 3}}', '{"time": 9e99, "learnt": {"id_style": "x"}}',
    ],
)  # fmt: skip
def test_a_file_that_is_no_good_is_done_without(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    Memory(tmp_path).keep(HERE, TAUGHT, "m")
    (path,) = tmp_path.iterdir()
    path.write_text(content, "utf-8")
    with caplog.at_level(logging.WARNING):
        assert Memory(tmp_path).recall(HERE, "m") == HERE
    assert "example.org" in caplog.text


@pytest.mark.parametrize(
    "learnt",
    [
        {"base_url": "https://evil.example"},
        {"key_variables": ["HOME"]},
        {"body": {"a": 1}},
        {"reasoning_key": "x"},
    ],
)
def test_it_can_only_hold_what_an_endpoint_can_teach(
    tmp_path: Path, learnt: dict[str, object]
) -> None:
    Memory(tmp_path).keep(HERE, TAUGHT, "m")
    (path,) = tmp_path.iterdir()
    path.write_text(json.dumps({"time": 9e99, "learnt": learnt}), "utf-8")
    assert Memory(tmp_path).recall(HERE, "m") == HERE


def test_a_folder_that_takes_nothing_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    Memory(tmp_path / "file" / "folder").keep(HERE, TAUGHT, "m")
    assert "can't be kept" in caplog.text
