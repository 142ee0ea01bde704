"""Whom IPython asks about an object of a library. Runs inside the user's kernel.

Standard library only, Python 3.8 and later; the library is not imported for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ..values import looking


def ask_about(formatter: Any, module: str, name: str, say: Callable[[Any], Any]) -> None:
    """Have `say` asked about objects of this class, in the place of whoever was before.

    A name is registered in vain once IPython has met the class, for which a second copy of
    our part can be the reason: `%%k2` and the sidebar each bring theirs.
    """
    known = looking.module_dict(sys.modules.get(module)).get(name)
    if known is None:
        formatter.for_type_by_name(module, name, say)
    else:
        formatter.for_type(known, say)
