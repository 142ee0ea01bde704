"""What IPython makes of a cell's text before Python parses it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.inputtransformer2 import TransformerManager


def transform(source: str) -> str:
    """The Python source that IPython runs: ``!ls`` becomes ``get_ipython().system('ls')``.

    The rules of a stock IPython; transformers that a kernel's user added are not known
    here. Raises `SyntaxError` where IPython does.
    """
    transformed: str = _transformers().transform_cell(source)
    return transformed


@cache
def _transformers() -> TransformerManager:
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager()
