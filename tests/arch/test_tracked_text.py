"""What is under version control names no package host and no folder of a developer, and holds no key."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.arch.source import ROOT, tracked_files

# joined from halves, so that this file passes its own check
FORBIDDEN = re.compile(
    "|".join(
        [
            r"\bpypi\." + r"(org|io)\b",
            r"pythonhosted\." + "org",
            r"(?:extra-)?index-url\s*[= ]\s*" + "https?://",
            r"registry\.npmjs\." + "org",
            r"(?<![\w.])/(root|work|home/[a-z]+)/" + r"[a-z.]",
            "-----BEGIN [A-Z ]*PRIVATE" + r" KEY-----(\\n|\s)*[A-Za-z0-9+/]{32}",
        ]
    )
)
MAX_TRACKED_BYTES = 500_000


def test_no_tracked_file_names_a_package_host_a_machine_path_or_a_private_key() -> None:
    """A lock file or a document that names a host would tie the project to one network."""
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked_files()
        if (match := FORBIDDEN.search(path.read_text(encoding="utf-8", errors="replace")))
    ]

    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "--index-url " + "https://mirror.example/simple",
        "see /root" + "/x",
        "https://pypi" + ".org/simple",
        "-----BEGIN PRIVATE" + " KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
    ],
)
def test_a_planted_host_or_path_is_found(planted: str) -> None:
    """The check sees each kind."""
    assert FORBIDDEN.search(planted)


def test_no_tracked_file_is_large() -> None:
    """Data sets stay outside; what is inside can be read by a person."""
    large = {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in tracked_files()
        if path.stat().st_size > MAX_TRACKED_BYTES
    }

    assert large == {}


def test_every_locked_package_carries_a_digest() -> None:
    """What is installed is what was reviewed: each pin is followed by at least one SHA-256."""
    for name in ("runtime", "dev"):
        lock = (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")
        pins = [entry for entry in re.split(r"\n(?=\S)", lock) if re.match(r"[a-z0-9]", entry)]

        assert pins
        assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_distribution_can_not_be_published_by_accident() -> None:
    """The packages have plain names that belong to others in public; the classifier makes an upload fail."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert "Private :: Do Not Upload" in project["classifiers"]
