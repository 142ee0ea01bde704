import base64
import io
import struct
from typing import Any

import pytest
from PIL import Image, ImageDraw

from k2_jupyter.notebook.compare import Move, difference
from k2_jupyter.notebook.outputs import TEXT_LIMIT
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream

RECORD = "application/vnd.k2.figure+json"
PLOTLY = "application/vnd.plotly.v1+json"


def picture(line: int = 10, size: tuple[int, int] = (200, 100), kind: str = "PNG") -> str:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line([(0, line), (size[0], line)], fill="black", width=3)
    file = io.BytesIO()
    image.save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def shown(**data: Any) -> list[Display]:
    return [Display({kind.replace("_", "/"): content for kind, content in data.items()})]


def binary(*numbers: float) -> dict[str, str]:
    packed = struct.pack(f"<{len(numbers)}d", *numbers)
    return {"dtype": "f8", "bdata": base64.b64encode(packed).decode()}


def test_prints_are_compared_as_a_whole() -> None:
    pieces = [Stream("stdout", "a\n"), Stream("stdout", "b\n")]

    assert difference(pieces, [Stream("stdout", "a\nb\n")]) == ""
    assert difference(pieces, [Stream("stdout", "a\nc\n")]) == (
        "printed text, line 2: `b` then, `c` now"
    )


def test_warnings_and_progress_are_not_compared() -> None:
    assert difference([Stream("stderr", "Warning")], []) == ""


def test_text_longer_than_a_run_keeps_is_compared_by_what_it_keeps() -> None:
    long = "".join(f"line {number}\n" for number in range(TEXT_LIMIT // 8))

    assert difference([Stream("stdout", long)], [Stream("stdout", long)]) == ""
    assert difference([Stream("stdout", long)], [Stream("stdout", long + "more")])


def test_a_figure_is_compared_by_its_record() -> None:
    record = {"version": 1, "axes": [{"series": [{"kind": "bar", "rows": [["EN", 91.2]]}]}]}
    other = {"version": 1, "axes": [{"series": [{"kind": "bar", "rows": [["EN", 91.3]]}]}]}

    def figure(facts: Any, line: int) -> list[Display]:
        return [Display({RECORD: facts, "image/png": picture(line)})]

    assert difference(figure(record, 10), figure(record, 50)) == ""
    found = difference(figure(record, 10), figure(other, 10))
    assert found == "output, figure: axes[1].series[1].rows[1][2]: 91.2 then, 91.3 now"


@pytest.mark.parametrize("facts", [{"axes": []}, {"version": 1, "cut": "time"}, None])
def test_a_figure_without_a_whole_record_is_compared_by_its_pixels(facts: Any) -> None:
    before, after = ([Display({RECORD: facts, "image/png": picture(line)})] for line in (10, 50))

    assert "pixels differ" in difference(before, after)
    assert difference(before, before) == ""


def test_pictures_of_another_size_or_none_differ() -> None:
    assert "200 × 100 px then, 100 × 100 px now" in difference(
        shown(image_png=picture()), shown(image_png=picture(size=(100, 100)))
    )
    assert difference(shown(image_png=picture()), shown(image_png="no picture"))
    assert difference(shown(image_png=""), shown(image_png="AAAA")) == ""


def test_noise_of_an_encoder_is_no_difference() -> None:
    again = Image.open(io.BytesIO(base64.b64decode(picture(kind="JPEG"))))
    file = io.BytesIO()
    again.save(file, "JPEG", quality=80)
    before = shown(image_jpeg=picture(kind="JPEG"))

    assert difference(before, shown(image_jpeg=base64.b64encode(file.getvalue()).decode())) == ""


def test_a_chart_is_compared_by_the_numbers_in_its_json() -> None:
    def chart(numbers: Any, uid: str) -> list[Display]:
        return [Display({PLOTLY: {"data": [{"y": numbers, "uid": uid}]}, "text/html": uid})]

    assert difference(chart(binary(1.0, 2.0), "a"), chart(binary(1.0, 2.0 + 1e-12), "b")) == ""
    assert difference(chart(binary(1.0, 2.0), "a"), chart([1.0, 2.0], "b")) == ""
    assert "data[1].y[2]: 2.0 then, 3.0 now" in difference(
        chart(binary(1.0, 2.0), "a"), chart(binary(1.0, 3.0), "b")
    )
    assert "2 entries then, 1 now" in difference(chart([1, 2], "a"), chart([1], "a"))
    assert "only now" in difference(shown(**{PLOTLY: {}}), shown(**{PLOTLY: {"data": []}}))


def test_widgets_are_compared_by_their_text() -> None:
    view = "application/vnd.jupyter.widget-view+json"

    def slider(model: str, value: int) -> list[Display]:
        return [Display({view: {"model_id": model}, "text/plain": f"IntSlider(value={value})"})]

    assert difference(slider("a", 1), slider("b", 1)) == ""
    assert difference(slider("a", 1), slider("a", 2))


def test_errors_are_compared_by_type_and_message() -> None:
    error = ErrorOutput("NameError", "name 'x' is not defined", ("frames",))

    assert difference([error], [ErrorOutput("NameError", error.evalue, ("others",))]) == ""
    assert difference([error], [ErrorOutput("KeyError", "'x'")])
    assert difference([], [error]) == "NameError: name 'x' is not defined (now)"
    assert difference([error], []) == "NameError: name 'x' is not defined (then)"
    assert "(now)" in difference(shown(text_plain="1"), [error])


def test_more_or_fewer_outputs_are_counted() -> None:
    one = shown(text_plain="1")

    assert difference(one, one * 2) == "outputs: 1 then, 2 now"
    assert "output 2" in difference(one * 2, [*one, *shown(text_plain="2")])


def test_a_folder_that_moved_is_undone_in_the_second_run() -> None:
    before: list[Output] = [Stream("stdout", "/home/me/a.csv"), *shown(text_plain="/home/me")]
    after: list[Output] = [Stream("stdout", "/scratch/a.csv"), *shown(text_plain="/scratch")]

    assert difference(before, after, Move("/scratch", "/home/me")) == ""
    assert difference(before, after)
