from __future__ import annotations

from pathlib import Path

import pytest

from k2_jupyter.adapters.kernel_spec import check_kernel, extra_arguments
from k2_jupyter.errors import KernelError


def test_an_installed_kernel_is_fine() -> None:
    check_kernel("python3")


def test_an_unknown_kernel_is_told_with_the_known_ones() -> None:
    with pytest.raises(KernelError, match=r"no kernel `fortran`\. Installed: .*python3"):
        check_kernel("fortran")


@pytest.mark.parametrize("content", ["{ cut", "[]", '{"argv": 5}', "{}"])
def test_a_broken_spec_is_told(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kernels" / "made"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(content)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with pytest.raises(KernelError, match="`made` cannot be started"):
        check_kernel("made")


@pytest.mark.parametrize(
    ("command", "is_told"),
    [
        (["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], True),
        (["python", "-m", "ipykernel", "-f", "{connection_file}"], True),
        (["R", "--slave", "-e", "IRkernel::main()"], False),
        (["python", "-m", "bash_kernel", "-f", "{connection_file}"], False),
    ],
)
def test_only_ipython_is_told_to_keep_no_history(command: list[str], is_told: bool) -> None:
    assert bool(extra_arguments(command)) == is_told
