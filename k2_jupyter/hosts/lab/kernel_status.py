"""Keeps our requests on a kernel's control channel out of what the server shows of its state."""

from __future__ import annotations

from jupyter_server.serverapp import ServerApp

_OURS = "k2_request"
_NAME = "untracked_message_types"


def leave_out_ours(app: ServerApp) -> None:
    """The kernel says "idle" after each of them, though a `%%k2` may hold its main thread.

    Server and pages know such types by two lists; JupyterLab may have copied the one already.
    """
    page = app.web_app.settings.get("page_config_data", {})
    for known in (getattr(app.kernel_manager, _NAME, None), page.get(_NAME)):
        if isinstance(known, list) and _OURS not in known:
            known.append(_OURS)
