"""Released code lists: what a code means is pinned, and a list changes only with a new version.

`definitions/codelists/released.toml` holds, for each version of each list that was ever released, two short
digests per code: of its meaning (id and English label), which never changes, and of its place (parent and
validity), which may change with a new version. A version that is not pinned fails here, with the lines to add.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

import schemas
from schemas.codelist import Code
from schemas.registry import codelist, codelist_ids

RELEASED = Path(schemas.__file__).parent / "definitions" / "codelists" / "released.toml"
PINS: Mapping[str, Mapping[str, Mapping[str, str]]] = tomllib.loads(RELEASED.read_text(encoding="utf-8"))


def digest(*parts: object) -> str:
    """Twelve hexadecimal digits of SHA-256 over the parts, one to a line."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]


def pin(code: Code) -> str:
    """What is pinned of a code: its meaning, and its place."""
    place = digest(code.parent or "", code.valid_from or "", code.valid_to or "")
    return f"{digest(code.id, code.labels['en'])}/{place}"


def pins(codelist_id: str) -> dict[str, str]:
    """The pins of a list as it is packaged now."""
    return {code.id: pin(code) for code in codelist(codelist_id)}


def lines_to_add(codelist_id: str) -> str:
    """The lines that pin a list as it is now."""
    header = f'[{codelist_id}."{codelist(codelist_id).version}"]'
    return "\n".join([header, *(f'"{code}" = "{pinned}"' for code, pinned in pins(codelist_id).items())])


@pytest.mark.parametrize("codelist_id", codelist_ids())
def test_every_version_of_a_list_is_pinned(codelist_id: str) -> None:
    """A new version is pinned with the change that makes it."""
    version = codelist(codelist_id).version

    assert version in PINS.get(codelist_id, {}), f"Add to {RELEASED.name}:\n\n{lines_to_add(codelist_id)}\n"


@pytest.mark.parametrize("codelist_id", codelist_ids())
def test_a_released_version_does_not_change(codelist_id: str) -> None:
    """A code added, removed, renamed, moved or given other dates needs a new version of its list."""
    released = PINS.get(codelist_id, {}).get(codelist(codelist_id).version, {})

    assert pins(codelist_id) == released


@pytest.mark.parametrize("codelist_id", sorted(PINS))
def test_a_code_of_an_earlier_version_is_still_there_and_means_the_same(codelist_id: str) -> None:
    """A code that is no longer used gets an end of validity; it is neither removed nor used again."""
    now = {code: pinned.partition("/")[0] for code, pinned in pins(codelist_id).items()}

    for version, released in PINS[codelist_id].items():
        meant = {code: pinned.partition("/")[0] for code, pinned in released.items()}
        assert {code: now.get(code) for code in meant} == meant, version


def test_a_pin_tells_every_change_of_a_code_apart() -> None:
    """Id and English label are the meaning; parent and dates are the place."""
    labels = {"ru": "Ю", "kk": "Ю", "en": "A"}
    meaning, place = pin(Code("A", labels)).split("/")

    assert pin(Code("A", {**labels, "ru": "Я"})) == f"{meaning}/{place}"
    assert pin(Code("A", {**labels, "en": "B"})).split("/")[1] == place
    assert pin(Code("A", {**labels, "en": "B"})).split("/")[0] != meaning
    assert pin(Code("A", labels, parent="B")).split("/")[0] == meaning
    assert pin(Code("A", labels, parent="B")).split("/")[1] != place
