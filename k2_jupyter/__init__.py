"""A notebook agent for Jupyter: plans, writes and runs cells, reads them back, concludes."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

try:
    __version__ = version("k2-jupyter")
except PackageNotFoundError:
    __version__ = "0+unknown"


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext k2_jupyter``: makes `%%k2` and `%k2` known."""
    from k2_jupyter.in_kernel.magic.magics import K2Magics

    ipython.register_magics(K2Magics)
