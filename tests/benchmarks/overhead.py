"""What a step costs beside its model and its code: `k2 run` and `%%k2` against a floor.

Usage: python -m tests.benchmarks.overhead [--steps 50] [--rounds 3] [--long 299] [--no-demo]

Overhead of a step = (reply received → code starts) + (code ends → next request received).
Ratios are to be read, not the absolute times: both programs share a noisy machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.endpoint import Endpoint

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """One run of one program."""

    to_code: list[float]
    """Seconds from the last byte of each reply to the start of its code."""
    to_request: list[float]
    """Seconds from the end of each code to the arrival of the next request."""
    first_request: float
    """Seconds from the start of the program to its first request."""
    memory: list[tuple[int, int]]
    """Requests so far and resident bytes of the program itself, sampled."""

    @property
    def overhead(self) -> list[float]:
        return [before + after for before, after in zip(self.to_code, self.to_request, strict=True)]


def measure(program: str, steps: int, *, piece: int = 40, pause: float = 0.0) -> Sample:
    """Run `floor`, `client`, `k2` or `magic` against an endpoint of its own."""
    with tempfile.TemporaryDirectory() as name, Endpoint(steps, piece, pause) as endpoint:
        folder = Path(name)
        command = [sys.executable, *_command(program, endpoint.base_url, name, steps)]
        state = {"XDG_STATE_HOME": f"{name}/state", "XDG_CONFIG_HOME": f"{name}/config"}
        state |= {"K2_MODEL": "bench", "K2_BASE_URL": endpoint.base_url}
        started = time.monotonic()
        with (folder / "log.txt").open("w") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **state}, cwd=HERE.parents[1]
            )
            memory = _watch(process, endpoint)
            code = process.wait(timeout=600)
        if code != 0:
            raise SystemExit(f"{program} ended with {code}:\n{(folder / 'log.txt').read_text()}")
        starts, ends = endpoint.marks(folder)
        return Sample(
            [start - reply for start, reply in zip(starts, endpoint.replied, strict=False)],
            [then - end for end, then in zip(ends, endpoint.received[1:], strict=False)],
            endpoint.received[0] - started,
            memory,
        )


def _command(program: str, base_url: str, folder: str, steps: int) -> list[str]:
    if program in ("floor", "client"):
        return [str(HERE / f"{program}.py"), base_url, folder]
    if program == "magic":
        return ["-m", "tests.benchmarks.magic_turn", folder]
    return ["-m", "k2_jupyter", "run", "go", "--out", folder, "--max-steps", str(steps + 5)]


def _watch(process: subprocess.Popen[bytes], endpoint: Endpoint) -> list[tuple[int, int]]:
    """Resident memory ten times a second until the last step."""
    watched = psutil.Process(process.pid)
    memory = []
    while not endpoint.done.wait(0.1) and process.poll() is None:
        memory.append((len(endpoint.received), watched.memory_info().rss))
    return memory


def median_ms(values: list[float]) -> float:
    return statistics.median(values) * 1000


def report(name: str, sample: Sample) -> None:
    late = (median_ms(sample.overhead[-10:]), median_ms(sample.overhead[:10]))
    print(
        f"{name:12} reply→code {median_ms(sample.to_code):6.1f} ms   "
        f"code→request {median_ms(sample.to_request):6.1f} ms   "
        f"a step {median_ms(sample.overhead):6.1f} ms   "
        f"first 10 / last 10 {late[1]:.1f} / {late[0]:.1f} ms   "
        f"first request {sample.first_request:.2f} s"
    )


def compare(steps: int, rounds: int) -> None:
    """Target 1: all in turn, so that the machine's moods hit all."""
    ratios: dict[str, list[float]] = {"k2": [], "magic": []}
    for _ in range(rounds):
        floor = measure("floor", steps)
        report("floor", floor)
        for program, found in ratios.items():
            sample = measure(program, steps)
            report(program, sample)
            found.append(median_ms(sample.overhead) / median_ms(floor.overhead))
    for program, found in ratios.items():
        rounded = [round(ratio, 2) for ratio in found]
        print(f"target 1: overhead a step, {program} / floor, by round: {rounded}")


def long(steps: int) -> None:
    """Targets 1 (flat) and 2 (memory of `k2 run`), over a long turn; floor beside it."""
    for program in ("floor", "magic", "k2"):
        sample = measure(program, steps)
        report(f"{program} {steps}", sample)
    settled = next(resident for requests, resident in sample.memory if requests > steps / 10)
    growth = (sample.memory[-1][1] - settled) / 1e6
    print(f"target 2: memory from a tenth to the end of {steps} steps: {growth:+.1f} MB")


def chunking(steps: int) -> None:
    """Target 3: from one character an event to the whole answer in one, at a model's pace.

    Sent all at once, an answer in single characters takes longer to decode than to send.
    Beside it: what the `openai` client needs to read the same, the code not started yet.
    """
    for piece, pause in ((1, 0.0005), (1, 0.0), (40, 0.0), (4000, 0.0)):
        waits = {
            program: median_ms(measure(program, steps, piece=piece, pause=pause).to_code)
            for program in ("k2", "client")
        }
        pace = f"{1 / pause:.0f} events a second" if pause else "all at once"
        print(
            f"target 3: {piece:4} characters an event, {pace}: reply→code {waits['k2']:.1f} ms; "
            f"the openai client's own reader alone: {waits['client']:.1f} ms"
        )


def demo() -> None:
    """Target 8: the whole demo, and its first line of progress."""
    with tempfile.TemporaryDirectory() as name:
        state = {"XDG_STATE_HOME": f"{name}/state", "XDG_CONFIG_HOME": f"{name}/config"}
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "k2_jupyter", "demo", "--out", f"{name}/demo"],
            stdout=subprocess.PIPE,
            env={**os.environ, **state, "PYTHONUNBUFFERED": "1"},
        )
        assert process.stdout is not None
        process.stdout.readline()
        first = time.monotonic() - started
        process.stdout.read()
        code = process.wait()
        print(
            f"target 8: demo {time.monotonic() - started:.1f} s, first line after {first:.2f} s, "
            f"exit {code}"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--steps", type=int, default=50)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--long", type=int, default=299)
    options.add_argument("--no-demo", action="store_true")
    chosen = options.parse_args()
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, Python {sys.version.split()[0]}"
    )
    compare(chosen.steps, chosen.rounds)
    if chosen.long:
        long(chosen.long)
    chunking(chosen.steps)
    if not chosen.no_demo:
        demo()


if __name__ == "__main__":
    main()
