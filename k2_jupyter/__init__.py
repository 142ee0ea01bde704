"""A notebook agent for Jupyter: plans, writes and runs cells, reads them back, concludes."""

from typing import Any

__version__: str


def __getattr__(name: str) -> Any:
    # Looked up when somebody asks: it takes as long as all the rest of `%load_ext`.
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("k2-jupyter")
        except PackageNotFoundError:
            return "0+unknown"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext k2_jupyter``: makes `%%k2` and `%k2` known."""
    from k2_jupyter.in_kernel.magic.magics import load

    load(ipython)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """The sidebar's half in a Jupyter server, which asks the package itself for it."""
    from importlib import import_module

    name = "k2_jupyter.hosts.lab.extension"  # by name: nothing here depends on a host
    return [{"module": name, "app": import_module(name).K2}]
