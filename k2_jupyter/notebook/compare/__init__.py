"""Whether two runs of a cell put out the same: text, numbers, structures, pictures."""

from k2_jupyter.notebook.compare.outputs import difference
from k2_jupyter.notebook.compare.text import Move

__all__ = ["Move", "difference"]
