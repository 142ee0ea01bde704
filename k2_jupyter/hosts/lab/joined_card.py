"""What the cell of a `%%k2` shows whose turn is in the panel: the notebook is read without it."""

from __future__ import annotations

import html

from k2_jupyter.events import TurnFinished
from k2_jupyter.hosts.discreet import discreet
from k2_jupyter.messages import Json
from k2_jupyter.notebook.text import visible
from k2_jupyter.tools.finish import marked

_FONT = "font-family:var(--jp-ui-font-family,system-ui,sans-serif);max-width:64em"
_BEGUN = "{model} answers in the K2 panel; its cells stand below."
_WORDS = {
    "done": "Done",
    "cannot": "Can't be answered",
    "limit": "Stopped at a limit",
    "interrupted": "Interrupted",
    "model": "Failed",
    "failed": "Failed",
}
REPLAYED = (
    "Recorded before: nothing was asked. Its cells stand in the notebook and run there as any cell "
    "does; `%%k2 --again` asks anew."
)
RECORDED = "recorded on {:%Y-%m-%d at %H:%M}; its cells run below; `%%k2 --again` asks anew"


def begun(model: str) -> dict[str, Json]:
    """While the turn runs."""
    return _card(_BEGUN.format(model=model), "", "")


def ended(finished: TurnFinished, facts: str = "") -> dict[str, Json]:
    """Its conclusion, which is the model's: escaped and cleaned."""
    said = " · ".join(part for part in (_WORDS[finished.reason], facts) if part)
    conclusion = finished.conclusion
    if conclusion is None:
        return _card(said, discreet(finished.detail), "")
    text = marked(conclusion.text, conclusion.claims)
    return _card(said, text, _markdown(text))


def spent(finished: TurnFinished) -> str:
    """What it took, in a few words."""
    steps = "1 step" if finished.steps == 1 else f"{finished.steps} steps"
    return f"{steps} · {finished.seconds:.0f} s"


def _card(said: str, text: str, rendered: str) -> dict[str, Json]:
    shown = rendered or html.escape(visible(text))
    head = f'<div style="opacity:.8">K2 · {html.escape(visible(said))}</div>'
    body = f'<div style="margin-top:4px">{shown}</div>' if shown else ""
    plain = f"K2 · {said}" + (f"\n\n{text}" if text else "")
    return {
        "text/html": f'<div class="k2-joined" style="{_FONT}">{head}{body}</div>',
        "text/plain": plain,
    }


def _markdown(text: str) -> str:
    from k2_jupyter.adapters.report.markdown import render

    return str(render(text))
