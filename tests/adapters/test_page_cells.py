from k2_jupyter.adapters.page_cells import outputs_to_page
from k2_jupyter.outputs import Display, Stream


def test_a_display_keeps_the_id_that_later_updates_name() -> None:
    bar, text = outputs_to_page(
        [Display({"text/plain": "0 %"}, display_id="bar"), Stream("stdout", "one\n")]
    )
    assert bar["transient"] == {"display_id": "bar"}
    assert text == {"output_type": "stream", "name": "stdout", "text": "one\n"}
