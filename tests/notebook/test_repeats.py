"""Progress is told by a few of its lines; data keeps every line."""

from __future__ import annotations

import pytest

from k2_jupyter.notebook.repeats import collapse

EPOCHS = [f"Epoch {n}/100 loss {1 / n:.3g}" for n in range(1, 101)]
KERAS = [
    line
    for n in range(1, 41)
    for line in (
        f"Epoch {n}/40",
        f"100/100 ━━━━━━━━━━━━━━━━━━━━ 1s {n % 9}ms/step - accuracy: 0.{n:04d} - loss: {1 / n:.4f}",
    )
]
TQDM = [
    f"{n:3d}%|{'█' * (n // 10):<10}| {n}/100 [00:{n % 60:02d}<00:{60 - n % 60:02d}, 1.{n:02d}it/s]"
    for n in range(101)
]
DOWNLOAD = [
    f"Downloading: {n}% [{'=' * (n // 5)}>{' ' * (20 - n // 5)}] {n * 1.2:.1f} MB 3.1 MB/s eta 0:01"
    for n in range(100)
]
PIP = [f"Requirement already satisfied: pkg{n}>=1.{n} in /usr/lib" for n in range(40)]
STEPS = [f"[{n}/500] loss={1 / n:.4f}" for n in range(1, 501)]


@pytest.mark.parametrize("lines", [EPOCHS, KERAS, TQDM, DOWNLOAD, PIP, STEPS])
def test_progress_keeps_its_first_some_and_last_lines(lines: list[str]) -> None:
    told = collapse("\n".join(["before", *lines, "after"])).split("\n")
    assert told[:3] == ["before", *lines[:2]]
    assert told[-3:] == [*lines[-2:], "after"]
    assert len(told) < 25
    out = [int(line.split()[1]) for line in told if line.startswith("…")]
    kept = [line for line in told if line in lines]
    assert sum(out) + len(kept) == len(lines)
    assert len(kept) >= 8


TABLE = ["     year  share"] + [f"{n:3d}  {2000 + n}  {n * 37 % 100:5.1f}%" for n in range(60)]
CUMULATED = [f"{n:5d}  {n * 2.5:.1f}%" for n in range(41)]
BARS = [
    f"{n * 10:3d}-{n * 10 + 9:3d} | {'*' * (n * 7 % 30 + 2)} {n * 7 % 30 + 2}" for n in range(40)
]
SHARES_WITH_BARS = [f"level {n:2d}  {n * 2.5:.1f}% {'█' * n}" for n in range(41)]
MONTHS = ["month  sales"] + [f"{n % 12 + 1}/12  {n * 37 % 100}" for n in range(48)]
SCORES = [f"{n}/20 points: {n * 7 % 9} students" for n in range(21)]
ANSWERS = [f"Q{n}: {n * 37 % 100} of 100 agree ({n * 37 % 100}%)" for n in range(40)]
ROWS = [f"row {n}: {n * 0.37:.2f}" for n in range(400)]
FOLDS = [f"Fold {n}/5 accuracy 0.9{n}" for n in range(1, 6)]
SHORT = [*EPOCHS[:11], *ROWS[:20]]
SHUFFLED = [f"Task {n * 37 % 60}/60 took {n} s" for n in range(60)]


@pytest.mark.parametrize(
    "lines",
    [
        TABLE,
        CUMULATED,
        BARS,
        SHARES_WITH_BARS,
        MONTHS,
        SCORES,
        ANSWERS,
        ROWS,
        FOLDS,
        SHORT,
        SHUFFLED,
    ],
)
def test_data_keeps_every_line(lines: list[str]) -> None:
    assert collapse("\n".join(lines)) == "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    ["a b 1\n" * 90_000, "[==== ] 5% 3it/s\n" * 20_000, "a\nb\n" * 40_000 + "Epoch 1/2"],
)
def test_a_flood_is_read_in_bounded_time(text: str) -> None:
    assert len(collapse(text)) <= len(text)
