"""The offline analyst over a table that the user has loaded, in a real kernel."""

from __future__ import annotations

import re
from pathlib import Path

from tests.hosts.magic.front_end import front_end

SHOP = """
import numpy as np, pandas as pd
rng = np.random.default_rng(1)
df = pd.DataFrame({"region": list("abc") * 40, "price": rng.normal(9, 1, 120)})
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
