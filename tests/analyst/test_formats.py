"""Tables of every format, from what is told of the file to the conclusion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound


def plants() -> pd.DataFrame:
    """Three beds, the third one taller; 60 rows, two values missing."""
    heights = [20.0 + n % 7 + (6 if n % 3 == 2 else 0) for n in range(60)]
    frame = pd.DataFrame({"bed": [f"bed {n % 3}" for n in range(60)], "height_cm": heights})
    frame.loc[[4, 9], "height_cm"] = None
    return frame


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "csv": lambda frame, path: frame.to_csv(path, index=False),
    "tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    "semicolons.csv": lambda frame, path: frame.to_csv(path, index=False, sep=";"),
    "latin.csv": lambda frame, path: frame.rename(columns={"bed": "Béet"}).to_csv(
        path, index=False, encoding="latin-1"
    ),
    "parquet": lambda frame, path: frame.to_parquet(path),
    "xlsx": lambda frame, path: frame.to_excel(path, index=False),
    "json": lambda frame, path: frame.to_json(path, orient="records"),
    "jsonl": lambda frame, path: frame.to_json(path, orient="records", lines=True),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_any_table_is_compared(kind: str, tmp_path: Path, analyse: Analyse) -> None:
    path = tmp_path / f"plants.{kind}"
    WRITERS[kind](plants(), path)
    factor = "Béet" if "latin" in kind else "bed"

    analysis = analyse(f"does height_cm differ by {factor}?", path)

    assert analysis.conclusion.text.startswith("**Yes")
    is_sound(analysis)
