"""Whether the front end draws Jupyter widgets, and the card drawn with them.

A kernel is not told what its front end can do, and one without widgets says nothing when
it is sent some. So it is asked: a layout and a link between two of its traits are opened,
nothing of which is seen. A widget manager carries the link out and sends the new value;
whatever else hears it stays silent. The messages are those of the widget protocol 2.1
(``packages/schema/messages.md`` of ipywidgets), sent without `ipywidgets`, whose import
would slow ``%load_ext`` down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BASE = ("@jupyter-widgets/base", "LayoutModel")
_LINK = ("@jupyter-widgets/controls", "DirectionalLinkModel")


class Probe:
    """Asks once; `answered` turns true between two cells, or never."""

    def __init__(self) -> None:
        self.answered = False
        layout = self._opened(_BASE, width="1px", height=None)
        ends = [f"IPY_MODEL_{layout.comm_id}"]
        link = self._opened(_LINK, source=[*ends, "width"], target=[*ends, "height"])
        self._comms = [link, layout]

    def close(self) -> None:
        """Ask no more: a page that is loaded later restores what is still open."""
        while self._comms:
            self._comms.pop(0).close()

    def _opened(self, model: tuple[str, str], **state: Any) -> Any:
        from comm import create_comm

        module, name = model
        state.update(
            _model_module=module,
            _model_module_version="2.0.0",
            _model_name=name,
            _view_module=None,
            _view_module_version="",
            _view_name=None,
            _view_count=None,
        )
        comm = create_comm(
            target_name="jupyter.widget",
            data={"state": state, "buffer_paths": []},
            metadata={"version": "2.1.0"},
        )
        comm.on_msg(self._heard)
        return comm

    def _heard(self, message: Mapping[str, Any]) -> None:
        self.answered = True
        self.close()


class Board:
    """The card's parts, each a widget whose content changes only where it differs.

    What the user has opened, selected or focused in the other parts stays as it is.
    Raises `ImportError` where `ipywidgets` is not installed.
    """

    def __init__(self, parts: Mapping[str, str]) -> None:
        import ipywidgets

        self._parts = {name: ipywidgets.HTML(html) for name, html in parts.items()}
        for name, part in self._parts.items():
            part.add_class(f"k2-{name}")
        self._box = ipywidgets.VBox(list(self._parts.values()))
        self._box.add_class("k2-card")

    @property
    def view(self) -> dict[str, Any]:
        """What shows it, as the content of its media type."""
        return {
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self._box.model_id,
            }
        }

    def draw(self, parts: Mapping[str, str]) -> None:
        """Show what has changed."""
        for name, part in self._parts.items():
            if part.value != parts.get(name, ""):
                part.value = parts.get(name, "")

    def close(self) -> None:
        """Leave no widget behind, in the kernel or in the notebook."""
        for widget in (self._box, *self._parts.values()):
            for own in (widget.layout, getattr(widget, "style", None), widget):
                if own is not None:
                    own.close()
