from __future__ import annotations

import pytest

from k2_jupyter.adapters.ipython_source import transform


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("!ls", "get_ipython().system('ls')\n"),
        ("names = !ls", "names = get_ipython().getoutput('ls')\n"),
        ("%pip install x", "get_ipython().run_line_magic('pip', 'install x')\n"),
        ("%%bash\nls", "get_ipython().run_cell_magic('bash', '', 'ls\\n')\n"),
        (">>> x = 1", "x = 1\n"),
        ("x = 1", "x = 1\n"),
    ],
)
def test_escapes_become_calls(source: str, seen: str) -> None:
    assert transform(source) == seen
