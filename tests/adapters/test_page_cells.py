from typing import Any

import pytest

from k2_jupyter.adapters.page_cells import from_page, outputs_to_page
from k2_jupyter.outputs import Display, Stream

PRINTED = {"output_type": "stream", "name": "stdout", "text": "printed"}


def test_a_display_keeps_the_id_that_later_updates_name() -> None:
    bar, text = outputs_to_page(
        [Display({"text/plain": "0 %"}, display_id="bar"), Stream("stdout", "one\n")]
    )
    assert bar["transient"] == {"display_id": "bar"}
    assert text == {"output_type": "stream", "name": "stdout", "text": "one\n"}


@pytest.mark.parametrize(
    "outputs", [5, True, "text", {"output_type": "stream"}, [None], [{"output_type": "other"}]]
)
def test_outputs_that_are_none_are_left_out(outputs: Any) -> None:
    (cell,) = from_page([{"id": "c", "kind": "code", "source": "1", "outputs": outputs}])
    assert cell.outputs == ()


def test_outputs_that_are_not_told_are_as_they_were() -> None:
    before = from_page([{"id": "c", "kind": "code", "source": "1", "outputs": [PRINTED]}])
    known = {cell.id: cell for cell in before}
    told = {"id": "c", "kind": "code", "source": "2"}
    (kept,), (cleared,) = from_page([told], known), from_page([{**told, "outputs": []}], known)
    assert (kept.source, kept.outputs) == ("2", (Stream("stdout", "printed"),))
    assert cleared.outputs == ()


@pytest.mark.parametrize("wrong", [{"text": 5}, {"data": []}, {"metadata": 1}, {"traceback": 1}])
def test_an_output_of_wrong_parts_is_left_out(wrong: Any) -> None:
    outputs = [{**PRINTED, **wrong}, PRINTED]
    (cell,) = from_page([{"id": "c", "kind": "code", "source": "1", "outputs": outputs}])
    assert cell.outputs == (Stream("stdout", "printed"),)
