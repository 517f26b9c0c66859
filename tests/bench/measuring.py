"""Times and memory, measured so that a shared machine disturbs them least.

Invariants: what is compared runs in turn, again and again, in one process; a ratio is one of medians; a peak of
memory is that of a process of its own.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ratio:
    """How long something took against something else. `limit`: what the project has promised."""

    name: str
    ours_s: float
    theirs_s: float
    limit: float

    @property
    def value(self) -> float:
        """Our time over theirs."""
        return self.ours_s / self.theirs_s

    @property
    def is_kept(self) -> bool:
        """True if the promise holds."""
        return self.value <= self.limit


def medians(work: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Return the median time of each piece of work in seconds, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for number in range(rounds + 1):
        for name, run in work.items():
            started = time.perf_counter()
            run()
            if number:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(measured) for name, measured in times.items()}


def in_own_process(*arguments: str) -> str:
    """Run this package with `arguments` in a process of its own; return the last line that it wrote."""
    command = [sys.executable, "-m", "tests.bench", *arguments]
    finished = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return finished.stdout.strip().splitlines()[-1]


def peak_mib() -> int:
    """Return the most memory that this program has held, in MiB.

    Not `ru_maxrss`, which Linux keeps over `exec`: a small program would be given the peak of whoever started it.
    """
    (peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(peak) >> 10
