"""Other extensions of the server that K2 does not work beside."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
import websocket

from tests.hosts.lab.panel import HANG, Lab, serving_lab

DOCUMENTS = "jupyter_server_documents"


@pytest.mark.full
@pytest.mark.skipif(find_spec(DOCUMENTS) is None, reason="needs jupyter-server-documents")
def test_server_documents_is_refused(tmp_path: Path) -> None:
    with serving_lab(tmp_path) as lab:
        expect_refusal(lab)


@pytest.mark.skipif(find_spec(DOCUMENTS) is not None, reason="the real one is there")
def test_an_extension_of_that_name_is_refused(tmp_path: Path) -> None:
    package, configured = tmp_path / "site" / DOCUMENTS, tmp_path / "etc"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "def _jupyter_server_extension_points():\n"
        f"    return [{{'module': '{DOCUMENTS}'}}]\n"
        "def _load_jupyter_server_extension(app): pass\n"
    )
    enabled = {"ServerApp": {"jpserver_extensions": {DOCUMENTS: True}}}
    (configured / "jupyter_server_config.d").mkdir(parents=True)
    (configured / "jupyter_server_config.d" / "other.json").write_text(json.dumps(enabled))
    found = {"PYTHONPATH": str(package.parent), "JUPYTER_CONFIG_PATH": str(configured)}
    with serving_lab(tmp_path, **found) as lab:
        expect_refusal(lab)


def expect_refusal(lab: Lab) -> None:
    """The server has started; the page is told what is wrong and what to do."""
    todo = f"jupyter server extension disable {DOCUMENTS}"
    assert todo in lab.ask("GET", "k2/api/status")[1]["problem"]
    url = f"ws://127.0.0.1:{lab.port}/k2/api/notebook?path=any.ipynb&token={lab.token}"
    page = websocket.create_connection(url, timeout=HANG)
    page.send(json.dumps({"op": "hello", "log": None, "since": 0, "cells": []}))
    said = json.loads(page.recv())
    page.close()
    assert (said["op"], said["of"]) == ("refused", "hello")
    assert "cannot work here" in said["why"]
