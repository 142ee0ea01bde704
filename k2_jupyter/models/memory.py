"""What endpoints taught, on disk: the next conversation does not ask the same again."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from pathlib import Path

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.overrides import changed
from k2_jupyter.models.profiles import EndpointProfile

logger = logging.getLogger(__name__)

_DAYS = 7
"""Servers get better: after this long an endpoint is asked in full again."""
_LEARNT = ("context_tokens", "fills_reasoning", "id_style", "include_usage", "refuses")
"""Facts of the server. That a history had to be merged, or that an image was refused, is a
fact of the conversation."""


class Memory:
    """One small file in `folder` for each model at an endpoint.

    It is a convenience: what can't be read or written is logged and done without.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def recall(self, endpoint: EndpointProfile, model: str) -> EndpointProfile:
        """The endpoint with what it taught in the last days."""
        try:
            content = json.loads(self._path(endpoint, model).read_text("utf-8"))
            if time.time() - content["time"] > _DAYS * 86_400:
                return endpoint
            learnt = {name: value for name, value in content["learnt"].items() if name in _LEARNT}
            return changed(endpoint, learnt, what="learnt")
        except FileNotFoundError:
            return endpoint
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SettingsError) as problem:
            logger.warning("what %s taught can't be read: %r", endpoint.host, problem)
            return endpoint

    def keep(self, before: EndpointProfile, after: EndpointProfile, model: str) -> None:
        """Write down in what `after` differs from what the user and the presets say."""
        learnt = {
            name: getattr(after, name)
            for name in _LEARNT
            if getattr(after, name) != getattr(before, name)
        }
        path = self._path(before, model)
        own = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            own.write_text(json.dumps({"time": time.time(), "learnt": learnt}), "utf-8")
            own.replace(path)
        except OSError as problem:
            logger.warning("what %s taught can't be kept: %r", before.host, problem)

    def _path(self, endpoint: EndpointProfile, model: str) -> Path:
        name = hashlib.sha256(f"{endpoint.base_url}\n{model}".encode()).hexdigest()[:16]
        return self._folder / f"{name}.json"
