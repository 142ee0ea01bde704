from __future__ import annotations

import json
import re
from pathlib import Path

from k2_jupyter.notebook.outputs import OUTPUT_LIMIT, OutputCollector
from k2_jupyter.outputs import (
    ClearOutput,
    Display,
    ErrorOutput,
    Output,
    OutputChange,
    Stream,
    UpdateDisplay,
)


def kept(*changes: OutputChange) -> tuple[Output, ...]:
    collector = OutputCollector()
    for change in changes:
        collector.apply(change)
    return collector.outputs


def plain(text: str, display_id: str | None = None) -> Display:
    return Display({"text/plain": text}, display_id=display_id)


def test_streams_are_merged_until_something_else_comes() -> None:
    assert kept(
        Stream("stdout", "a"), Stream("stdout", "b\n"), Stream("stderr", "c"), Stream("stdout", "d")
    ) == (Stream("stdout", "ab\n"), Stream("stderr", "c"), Stream("stdout", "d"))


def test_a_progress_bar_is_its_last_state() -> None:
    bars = [Stream("stderr", f"\r{percent}%") for percent in range(101)]
    assert kept(*bars) == (Stream("stderr", "100%"),)


def test_clear_output_at_once_and_with_the_next() -> None:
    assert kept(Stream("stdout", "old"), ClearOutput()) == ()
    old, new = Stream("stdout", "old"), Stream("stdout", "new")
    assert kept(old, ClearOutput(wait=True)) == (old,)
    assert kept(old, ClearOutput(wait=True), new) == (new,)


def test_an_update_changes_every_display_of_that_id() -> None:
    collector = OutputCollector()
    for change in (plain("0", "a"), plain("x"), plain("1", "a")):
        collector.apply(change)
    collector.apply(UpdateDisplay("a", {"text/plain": "2"}))
    assert collector.outputs == (plain("2", "a"), plain("x"), plain("2", "a"))
    assert collector.updates == ()


def test_an_update_of_another_cells_display_is_passed_on_the_newest_only() -> None:
    collector = OutputCollector()
    for text in ("1", "2"):
        collector.apply(UpdateDisplay("elsewhere", {"text/plain": text}))
    assert collector.outputs == ()
    assert collector.updates == (UpdateDisplay("elsewhere", {"text/plain": "2"}),)


def test_a_flood_keeps_head_and_tail_and_the_spool_has_it_all(tmp_path: Path) -> None:
    collector = OutputCollector(spool=tmp_path / "spool.txt", text_limit=40_000)
    lines = [f"line {number}\n" for number in range(20_000)]
    for start in range(0, len(lines), 500):
        collector.apply(Stream("stdout", "".join(lines[start : start + 500])))
    (output,) = collector.outputs
    assert isinstance(output, Stream)
    assert len(json.dumps(output.text)) < 41_000
    assert output.text.startswith("line 0\nline 1\n")
    assert output.text.endswith("line 19998\nline 19999\n")
    assert " characters) left out" in output.text
    spool = collector.close()
    assert spool == tmp_path / "spool.txt"
    assert spool.read_text() == "".join(lines)
    assert spool.stat().st_mode & 0o777 == 0o600


def test_a_flood_of_long_lines_is_cut_between_them() -> None:
    collector = OutputCollector(text_limit=200_000)
    lines = [f"{number} {'x' * 30_000}" for number in range(30)]
    collector.apply(Stream("stdout", "\n".join(lines)))
    (output,) = collector.outputs
    assert isinstance(output, Stream)
    kept = output.text.split("\n")
    marker = next(line for line in kept if line.startswith("…"))
    assert set(kept) <= {*lines, marker, ""}
    told = [int(word) for word in re.findall(r"\d+", marker)]
    shown = [line for line in kept if line in lines]
    assert len(shown) + told[0] == 30
    assert sum(map(len, shown)) + len(shown) + told[1] == len("\n".join(lines)) + 1


def test_no_spool_where_nothing_is_left_out(tmp_path: Path) -> None:
    collector = OutputCollector(spool=tmp_path / "spool.txt")
    collector.apply(Stream("stdout", "short"))
    assert collector.close() is None
    assert list(tmp_path.iterdir()) == []


def test_a_spool_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    collector = OutputCollector(spool=tmp_path / "file" / "spool.txt", text_limit=100)
    collector.apply(Stream("stdout", "line\n" * 1_000))
    assert collector.close() is None
    assert len(collector.outputs) == 1


def test_control_characters_count_as_the_file_has_them() -> None:
    collector = OutputCollector(text_limit=10_000)
    collector.apply(Stream("stdout", "\x00\n" * 20_000))
    assert len(json.dumps([output.text for output in collector.outputs])) < 11_000  # type: ignore[union-attr]


def test_of_very_many_outputs_the_first_and_the_last_are_kept() -> None:
    outputs = kept(*(plain(str(number)) for number in range(3 * OUTPUT_LIMIT)))
    assert outputs[0] == plain("0")
    assert outputs[-1] == plain(str(3 * OUTPUT_LIMIT - 1))
    assert len(outputs) == OUTPUT_LIMIT + 1
    assert Stream("stdout", f"… {2 * OUTPUT_LIMIT} outputs left out …\n") in outputs


def test_media_beyond_the_limit_is_named() -> None:
    collector = OutputCollector(media_limit=10_000)
    picture = Display({"image/png": "x" * 8_000, "text/plain": "<Figure>"})
    collector.apply(picture)
    collector.apply(picture)
    assert collector.outputs[0] == picture
    assert collector.outputs[1] == plain("<Figure>\n[image/png, 0.0 MB: left out]")


def test_updates_count_once_and_are_bounded_too() -> None:
    collector = OutputCollector(media_limit=10_000)
    for display_id in ["a"] * 20 + ["b"]:
        collector.apply(UpdateDisplay(display_id, {"image/png": "x" * 8_000}))
    first, second = collector.updates
    assert first.data == {"image/png": "x" * 8_000}
    assert second.data == {"text/plain": "[image/png, 0.0 MB: left out]"}


def test_a_cleared_animation_does_not_use_up_the_limit() -> None:
    collector = OutputCollector(media_limit=10_000)
    for _ in range(20):
        collector.apply(Display({"image/png": "x" * 8_000}))
        collector.apply(ClearOutput(wait=True))
    assert collector.outputs == (Display({"image/png": "x" * 8_000}),)


def test_a_huge_error_is_cut() -> None:
    (error,) = kept(ErrorOutput("ValueError", "x" * 1_000_000, ("line",) * 100_000))
    assert isinstance(error, ErrorOutput)
    assert len(error.evalue) + sum(map(len, error.traceback)) < 200_000
