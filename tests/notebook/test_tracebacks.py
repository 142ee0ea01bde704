"""What is left of a traceback as IPython sends it, one text a frame."""

from __future__ import annotations

from k2_jupyter.notebook.tracebacks import user_traceback
from k2_jupyter.outputs import ErrorOutput

RULE = "\x1b[31m" + "-" * 75 + "\x1b[39m"
OWN = "Cell \x1b[32mIn[2]\x1b[39m, line 3\n      1 def f(c):\n----> 3 f('zz')\n"
OWN_TOLD = "Cell In[2], line 3\n      1 def f(c):\n----> 3 f('zz')\n"
DEEPER = "Cell In[2], line 1, in f(c)\n----> 1 return int(c)\n"
LIBRARY = "File ~/.venv/lib/python3.11/site-packages/pandas/frame.py:10, in get(self)\n      9 x\n"
LAST = "File /opt/dist-packages/pandas/base.py:3823, in get_loc(self, key)\n   3822 try\n"


def head(name: str) -> str:
    return f"\x1b[31m{name}\x1b[39m          Traceback (most recent call last)"


def told(*parts: str, name: str = "KeyError", value: str = "'zz'") -> str:
    return user_traceback(ErrorOutput(name, value, parts))


def test_the_users_frames_and_one_line_for_libraries() -> None:
    assert told(RULE, head("KeyError"), OWN, LIBRARY, LAST, "KeyError: 'zz'") == (
        f"{OWN_TOLD}… 2 frames of libraries, the last: "
        "File pandas/base.py:3823, in get_loc(self, key)\nKeyError: 'zz'"
    )


def test_one_library_frame_is_its_line() -> None:
    assert told(OWN, LAST, "KeyError: 'zz'") == (
        f"{OWN_TOLD}File pandas/base.py:3823, in get_loc(self, key)\nKeyError: 'zz'"
    )


def test_an_error_without_a_traceback_is_still_told() -> None:
    assert told(name="Interrupted", value="by hand") == "Interrupted: by hand"


def test_a_cause_is_one_line_before_the_error() -> None:
    bond = "\nThe above exception was the direct cause of the following exception:\n"
    parts = (RULE, head("ValueError"), DEEPER, "ValueError: no number", bond, head("KeyError"), OWN)
    assert told(*parts, "KeyError: 'zz'") == (
        f"{OWN_TOLD}caused by ValueError: no number (Cell In[2], line 1, in f(c))\nKeyError: 'zz'"
    )


def test_a_cause_that_says_the_same_is_not_told() -> None:
    bond = "\nDuring handling of the above exception, another exception occurred:\n"
    parts = (head("KeyError"), LAST, "KeyError: 'zz'", bond, head("KeyError"), OWN)
    assert told(*parts, "KeyError: 'zz'") == f"{OWN_TOLD}KeyError: 'zz'"


def test_a_comprehension_has_the_line_that_failed() -> None:
    # As IPython 9 sends it under Python 3.11: the text below a comprehension is another line's.
    around = "Cell In[2], line 3\n      1 rows = []\n----> 3 totals = [\n      4     r['zz']\n"
    inner = "Cell In[2], line 4, in <listcomp>(.0)\n      3 rows = []\n"
    assert told(around, inner, "KeyError: 'zz'") == (
        f"{around}Cell In[2], line 4, in <listcomp>(.0)\n----> 4     r['zz']\nKeyError: 'zz'"
    )


def test_a_comprehension_in_one_line_is_told_once() -> None:
    inner = "Cell In[2], line 3, in f.<locals>.<genexpr>(.0)\n----> 3 def f(c):\n"
    assert told(OWN, inner, "KeyError: 'zz'") == f"{OWN_TOLD}KeyError: 'zz'"


def test_a_recursion_is_told_once() -> None:
    # IPython sends all of it as one text.
    frames = (
        "Cell In[1], line 2\n----> 2 r()\n\n" + "Cell In[1], line 1, in r()\n----> 1 r()\n\n" * 40
    )
    text = f"{RULE}\n{head('RecursionError')}\n{frames}RecursionError: too deep"
    assert told(text, name="RecursionError", value="too deep") == (
        "Cell In[1], line 2\n----> 2 r()\nCell In[1], line 1, in r()\n----> 1 r()\n"
        "… the same 40 times …\nRecursionError: too deep"
    )


def test_a_message_that_looks_like_a_frame_stays_whole() -> None:
    message = "ValueError: see\nCell In[3], line 2\nFile a.py:3"
    assert told(OWN, message, name="ValueError", value=message[12:]) == OWN_TOLD + message


def test_a_syntax_error_has_no_frames() -> None:
    text = "  Cell In[6], line 1\n    x = (1\n          ^\nSyntaxError: incomplete input\n"
    assert told(text, name="SyntaxError", value="incomplete input (1.py, line 1)") == text.rstrip()
