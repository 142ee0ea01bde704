"""`k2 record`: what an endpoint sent, as files that tests can play back.

A file holds a response as it came: a status line, its content type, an empty line, the body
byte for byte, when its pieces came left out. Values of known secrets and of fields that name
a request or somebody are replaced; the request and the other headers are not kept.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from k2_jupyter.errors import ModelError, SettingsError
from k2_jupyter.hosts.cli.asker import Asker
from k2_jupyter.hosts.cli.check import POLICY
from k2_jupyter.hosts.cli.conformance import findings
from k2_jupyter.hosts.cli.scrubbed import scrubbed
from k2_jupyter.hosts.cli.thermometer import THERMOMETER
from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.messages import UserMessage
from k2_jupyter.models.retry import RetryPolicy
from k2_jupyter.models.wire import Heard
from k2_jupyter.settings import Settings, read_credentials

_UNREACHABLE = 75


def run_record(
    settings: Settings,
    folder: Path,
    console: Console,
    *,
    question: str | None = None,
    keys: Iterable[str] = (),
    policy: RetryPolicy = POLICY,
) -> int:
    """Ask what `k2 check` asks, or only `question`, and write a file for each response.

    `keys` are more secrets, beside the key in use, the environment's and ``.env``'s. Returns
    0, or 75 where no response came. Raises `SettingsError` for a folder that is not empty,
    and where a secret would remain in a file: then none is written.
    """
    if settings.endpoint is None:
        raise SettingsError("The offline analyst sends no streams: add --model and --base-url.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"{folder} is there and not empty: name another folder.")
    asker = Asker(settings.model, settings.endpoint, settings.key, policy)
    console.print(f"Asking {asker.model.name} …", markup=False)
    _ask(asker, question, console)
    redactor = Redactor([*keys, *_secrets(settings)])
    # Shorter than what was heard: a refused list of models is about no topic.
    topics = enumerate(asker.topics, 1)
    files = {
        f"{number:02}-{topic}.http": _file(topic, heard, redactor)
        for (number, topic), heard in zip(topics, asker.heard, strict=False)
    }
    _write(folder, files)
    for name, content in files.items():
        console.print(f"  {folder / name}  {len(content):,} bytes", markup=False)
    console.print("Read them before you share them.")
    return 0 if files else _UNREACHABLE


def _ask(asker: Asker, question: str | None, console: Console) -> None:
    if question is None:
        for finding in findings(asker):
            console.print(f"  {finding.what}: {finding.verdict}", markup=False)
        return
    try:
        asker.ask("answer", [UserMessage(question)], [THERMOMETER])
    except ModelError as problem:
        console.print(f"  {problem}", markup=False)  # its response is worth a file all the same


def _secrets(settings: Settings) -> list[str]:
    stored, user = read_credentials(), getpass.getuser()
    secrets = list(collect_secrets(os.environ, Path.cwd(), settings.key))
    if stored is not None:
        secrets.append(stored.key)
    if not user.isalpha():  # a plain word may stand in any answer
        secrets.append(user)
    return secrets


def _file(topic: str, heard: Heard, redactor: Redactor) -> bytes:
    body = bytes(heard.body).decode("utf-8", "surrogateescape")
    try:
        body = scrubbed(body, redactor)
    except ValueError as problem:
        raise SettingsError(
            f"The response about `{topic}` can't be cleaned ({problem}): nothing was written."
        ) from None
    head = f"HTTP/1.1 {heard.status}\ncontent-type: {heard.content_type}\n\n"
    return head.encode() + body.encode("utf-8", "surrogateescape")


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as problem:
        raise SettingsError(f"Cannot write to {folder}: {problem.strerror}.") from None
