"""What the tests need of the machine beside Python packages: a browser and letters to draw with.

Invariants: nothing is installed that is there already; nothing is tried without root or a sudo that asks no
password; what is still missing afterwards is said in words, and tests that need it are left out, not failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
LETTERS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
APT_TIMEOUT_S = 900
BROWSER_TIMEOUT_S = 60


def browser() -> str | None:
    """Give the path of a browser that starts, or None; Ubuntu's chromium is often a stub that does not."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path and _succeeds([path, "--version"], BROWSER_TIMEOUT_S):
            return path
    return None


def install_missing() -> list[str]:
    """Install through apt what is missing, where that is possible; say what is left out, and why."""
    missing = [] if browser() else ["chromium"]
    missing += [] if LETTERS.exists() else ["fonts-dejavu-core"]
    why = _install(missing) if missing else ""
    if browser() is None:
        reason = why or "and the installed one does not start"
        return [f"tests marked browser are left out: no chromium here, {reason}"]
    if not LETTERS.exists():
        return [f"Cyrillic and Kazakh letters may be drawn as boxes: no DejaVu font here, {why}"]
    return []


def _install(packages: list[str]) -> str:
    """Install packages; give the reason why that was not possible, or nothing."""
    if shutil.which("apt-get") is None:
        return "and no apt to install it with"
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not _succeeds([*prefix, "true"], 10):
        return "and neither root nor a sudo without password to install it"
    apt = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=120",
    ]
    steps = ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages])
    if not all(_succeeds(step, APT_TIMEOUT_S) for step in steps):
        return f"and apt could not install {' '.join(packages)}"
    return ""


def _succeeds(command: list[str], timeout_s: int) -> bool:
    try:
        finished = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return finished.returncode == 0
