"""What the record of a `%%k2` is found by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence


def request_key(request: str, before: Sequence[str], *, plan: bool, model: str) -> str:
    """Names a request behind those `before` it in the notebook.

    It is of the user's words: what is described in them changes with the data. The options
    that change what is done belong to it, the caps do not.
    """
    words = json.dumps([*before, request, plan, model])
    return hashlib.sha256(words.encode()).hexdigest()
