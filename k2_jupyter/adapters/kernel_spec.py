"""Which kernels are installed, and what their start is told in addition."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.errors import KernelError

_IPYTHON_MODULES = ("ipykernel_launcher", "ipykernel")


def check_kernel(name: str) -> None:
    """See that a kernel of that name is installed; starts nothing.

    Raises `KernelError`, which names the installed ones, or says what is wrong with the spec.
    """
    kernel_command(name)


def kernel_command(name: str) -> list[str]:
    """The command line of an installed kernel. Raises `KernelError`."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from traitlets import TraitError

    specs = KernelSpecManager()
    try:
        command: list[str] = specs.get_kernel_spec(name).argv
    except NoSuchKernel:
        known = ", ".join(sorted(specs.find_kernel_specs())) or "none"
        raise KernelError(f"There is no kernel `{name}`. Installed: {known}.") from None
    except (OSError, ValueError, TypeError, TraitError) as problem:  # what kernel.json may hold
        raise KernelError(f"The kernel `{name}` cannot be started: {problem}") from problem
    if not command:
        raise KernelError(f"The kernel `{name}` cannot be started: its spec names no command.")
    return command


def extra_arguments(command: Sequence[str]) -> list[str]:
    """What an IPython kernel is told so that cells leave no trace outside the notebook.

    Its history of inputs is a database in the user's home, for the terminal; the other
    kernels would not know the option.
    """
    is_ipython = any(argument in _IPYTHON_MODULES for argument in command)
    return ["--HistoryManager.enabled=False"] if is_ipython else []
