from __future__ import annotations

import pytest

from k2_jupyter.models.veil import Veil

CALL = "<|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{}<|tool_call_end|>"
SECTION = f"<|tool_calls_section_begin|>{CALL}<|tool_calls_section_end|>"


def shown(pieces: list[str]) -> tuple[str, str]:
    """(text, reasoning) that passed."""
    veil, passed = Veil(), {False: "", True: ""}
    for piece in pieces:
        for is_thought, text in veil.passes(piece):
            passed[is_thought] += text
    for is_thought, text in veil.rest():
        passed[is_thought] += text
    return passed[False], passed[True]


@pytest.mark.parametrize(
    ("text", "seen", "thought"),
    [
        ("plain < text <| with <th signs", "plain < text <| with <th signs", ""),
        (f"So:{SECTION} then.", "So: then.", ""),
        (f"So:{CALL}", "So:", ""),
        ("Done.<|im_end|>", "Done.", ""),
        ("\n<think>Hm.</think>Yes.", "\nYes.", "Hm."),
        ("Text, then <think>no</think>.", "Text, then no.", ""),
        ("ends in <|tool_ca", "ends in <|tool_ca", ""),
    ],
)
def test_markup_is_never_shown_wherever_it_is_cut(text: str, seen: str, thought: str) -> None:
    assert shown([text]) == (seen, thought)
    assert shown(list(text)) == (seen, thought)
    for at in range(len(text)):
        assert shown([text[:at], text[at:]]) == (seen, thought)


def test_text_without_signs_passes_at_once() -> None:
    veil = Veil()
    assert list(veil.passes("Hello")) == [(False, "Hello")]
    assert list(veil.passes(" a <")) == [(False, " a ")]
    assert list(veil.passes(" b")) == [(False, "< b")]
