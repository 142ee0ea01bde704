"""The offline analyst over a table that the user has loaded, in a real kernel."""

from __future__ import annotations

import re
from pathlib import Path

from tests.hosts.magic.front_end import front_end

SHOP = """
import numpy as np, pandas as pd
rng = np.random.default_rng(1)
df = pd.DataFrame({"region": list("abcd") * 30, "price": rng.normal(9, 1, 120)})
df.loc[df.region == "c", "price"] += 4
"""
QUESTION = "%%k2\nDoes the region affect the price in df?"


def test_a_question_about_a_loaded_table_is_answered_and_then_replayed(tmp_path: Path) -> None:
    with front_end(tmp_path) as front:
        front.run(SHOP)
        shown = front.run(QUESTION, answers=["y"])
        assert shown.reply["status"] == "ok"
        assert "K2: done" in shown.card
        assert shown.data("image/png")
        assert front.value("df.shape") == "(120, 2)"
    with front_end(tmp_path) as front:
        front.run(SHOP)
        again = front.run(QUESTION, stdin=False)
        assert again.reply["status"] == "ok"
        assert "replayed, recorded on" in again.card
        assert re.search(r"\b(\d+) of \1 numbers found", again.card)
        assert again.data("image/png")


def test_the_next_request_goes_on_from_the_one_before(tmp_path: Path) -> None:
    with front_end(tmp_path) as front:
        front.run(SHOP)
        front.run(QUESTION, answers=["y"])
        without = front.run("%%k2\nNow the same without region c", answers=["y"])
        assert without.reply["status"] == "ok", without.card
        assert "Only the rows with region ≠ c were used: 90 of 120." in without.card.replace(
            "`", ""
        )
        assert "Welch's ANOVA F(2," in without.card
        assert front.value("df.shape") == "(120, 2)"  # the user's own
        front.run("%k2 undo")
        again = front.run("%%k2\nand the same only for region c", answers=["y"])
        assert "no value of the data" in again.card
        other = front.run("%%k2\nThe same as a pie chart", answers=["y"])
        assert "write it as a whole" in other.card


def test_after_an_undo_the_file_is_still_known(tmp_path: Path) -> None:
    with front_end(tmp_path) as front:
        front.run(SHOP + "df.to_csv('shop.csv', index=False)\ndel df")
        front.run("%%k2\nDoes the region affect the price in shop.csv?", answers=["y"])
        front.run("%k2 undo")
        assert front.value("'df' in globals()") == "False"
        without = front.run("%%k2\nNow the same without region c", answers=["y"])
        assert "region ≠ c" in without.card
        assert without.reply["status"] == "ok", without.card
