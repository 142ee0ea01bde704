"""What a kernel says of its variables is data: without secrets, and of bearable size."""

from __future__ import annotations

import pytest

from k2_jupyter.adapters.kernel_report import changes_in, hints_in, lines_in, texts_in
from k2_jupyter.journal.redaction import Redactor

SECRET = "correct-horse-battery-staple"
REDACTOR = Redactor([SECRET])


@pytest.mark.parametrize("before", [0, 290, 490, 1_990, 5_000])
def test_no_part_of_a_secret_is_left_where_a_text_is_cut(before: int) -> None:
    text = "." * before + SECRET
    said = [
        *texts_in({"key": text}, REDACTOR).values(),
        *changes_in({"appeared": {"key": text}}, REDACTOR).appeared.values(),
        *hints_in({"hints": [text]}, REDACTOR),
        *lines_in([text], REDACTOR),
    ]
    assert len(said) == 4
    assert all(len(one) <= 2_000 and "corr" not in one for one in said)


@pytest.mark.parametrize("forged", [None, 3, "text", [None], {"appeared": 1}])
def test_what_is_forged_is_no_error(forged: object) -> None:
    assert isinstance(texts_in(forged, None), dict)
    assert isinstance(lines_in(forged, None), tuple)
    if isinstance(forged, dict):
        assert changes_in(forged, None).appeared == {}
