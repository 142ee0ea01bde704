"""A notebook as one self-contained HTML page that runs nothing and asks nobody."""

from k2_jupyter.adapters.report.origins import Origin, origins
from k2_jupyter.adapters.report.page import CodeView, export, render

__all__ = ["CodeView", "Origin", "export", "origins", "render"]
