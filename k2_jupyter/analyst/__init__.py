"""The offline analyst: works by rules on the messages that any model would read."""

from k2_jupyter.analyst.answer import answer, text

CATALOGUE = text("catalogue")
"""What the analyst can do, for people."""

__all__ = ["CATALOGUE", "answer"]
