"""A kernel that is no Python's: it prints what it is given."""

from __future__ import annotations

from typing import Any

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class Echo(Kernel):
    """The smallest there is."""

    implementation = "echo"
    implementation_version = "1"
    banner = "echo"
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}  # noqa: RUF012

    def do_execute(  # type: ignore[override]
        self, code: str, silent: bool, *_: Any, **__: Any
    ) -> dict[str, Any]:
        if not silent:
            printed = {"name": "stdout", "text": code}
            self.send_response(self.iopub_socket, "stream", printed)  # type: ignore[no-untyped-call]
        count = self.execution_count
        return {
            "status": "ok",
            "execution_count": count,
            "payload": [],
            "user_expressions": {},
        }


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=Echo)
