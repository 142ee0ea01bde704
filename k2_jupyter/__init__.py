"""A notebook agent for Jupyter: plans, writes and runs cells, reads them back, concludes."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("k2-jupyter")
except PackageNotFoundError:
    __version__ = "0+unknown"
