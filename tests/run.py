"""The one test command: rules, format, types and import contracts, then every test; `make test` calls it.

Invariants: every step runs, whatever the one before it said; the exit status is 0 only if all succeeded;
pytest's own closing line comes last, after the names of the earlier steps that failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests import machine
from tests.arch.source import WARNED_LINES, long_files

ROOT = Path(__file__).resolve().parent.parent
FAILED_STEPS = "TESTS_FAILED_STEPS"
STUCK_AFTER_S = 600


@dataclass(frozen=True, slots=True)
class Step:
    """A check that reads the code without running it; `command` starts with a tool of this environment."""

    name: str
    command: tuple[str, ...]


STEPS = (
    Step("rules (ruff check)", ("ruff", "check", "--quiet", ".")),
    Step("format (ruff format --check)", ("ruff", "format", "--quiet", "--check", ".")),
    Step("types (mypy --strict)", ("mypy",)),
    Step("import contracts (lint-imports)", ("lint-imports",)),
)
PYTEST = (
    "pytest",
    "-n",
    "2",
    "--dist",
    "loadfile",
    # files in the order of their folders: the slow ones first (browser, e2e, faults), or a process ends with them alone
    "--no-loadscope-reorder",
    "-o",
    f"faulthandler_timeout={STUCK_AFTER_S}",
    "-o",
    "faulthandler_exit_on_timeout=true",
)


def main(arguments: list[str]) -> int:
    """Run the steps, then pytest with any further arguments; give the exit status."""
    for left_out in machine.install_missing():
        _say(f"note    {left_out}")
    for path, lines in long_files():
        _say(f"note    {path} has {lines} lines; over {WARNED_LINES} is too long to read at once")
    failed = [step.name for step in STEPS if not _succeeds(step)]
    _say("tests (pytest), two processes ...")
    environment = {**os.environ, FAILED_STEPS: "; ".join(failed)}
    tests = subprocess.run([_tool("pytest"), *PYTEST[1:], *arguments], cwd=ROOT, env=environment, check=False)
    return 1 if failed or tests.returncode else 0


def _succeeds(step: Step) -> bool:
    started = time.monotonic()
    finished = subprocess.run(
        [_tool(step.command[0]), *step.command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    passed = finished.returncode == 0
    _say(f"{'ok' if passed else 'FAILED':<7} {step.name}  {time.monotonic() - started:.1f} s")
    if not passed:
        _say((finished.stdout + finished.stderr).rstrip())
    return passed


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
