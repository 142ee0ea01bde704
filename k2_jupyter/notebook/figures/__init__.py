"""Figures as structure: what a figure shows, in words.

`figure_of` gives the validated record of an output, `figure_text` what the model reads of it;
`full_text` is the whole record paged, `alt_text` a sentence for those who cannot see it.
"""

from __future__ import annotations

from k2_jupyter.notebook.figures.alt_text import alt_text
from k2_jupyter.notebook.figures.description import ROOM, describe, for_readers
from k2_jupyter.notebook.figures.full_text import Choice, full_text, unknown_part
from k2_jupyter.notebook.figures.of_display import figure_of, figure_text
from k2_jupyter.notebook.figures.parsing import parse
from k2_jupyter.notebook.figures.record import RECORD_TYPE, FigureRecord

__all__ = [
    "RECORD_TYPE",
    "ROOM",
    "Choice",
    "FigureRecord",
    "alt_text",
    "describe",
    "figure_of",
    "figure_text",
    "for_readers",
    "full_text",
    "parse",
    "unknown_part",
]
