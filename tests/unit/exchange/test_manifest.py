"""Manifests: what they must say, how their bytes are kept, and what is refused."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest

from exchange.errors import Refused
from exchange.limits import DEFAULT, Limits
from exchange.manifest import (
    DataflowRef,
    Handling,
    Manifest,
    Part,
    TimeRange,
    check_limits,
)
from schemas.canonical import canonical_json

DIGEST = "sha256:" + "0" * 64
OTHER = "sha256:" + "1" * 64
PART = Part("cells.parquet", 100, DIGEST, OTHER, 3)


def a_manifest(**changes: Any) -> Manifest:
    """Return a manifest of one part, changed in the fields given."""
    manifest = Manifest(
        originator="RU",
        dataflow=DataflowRef("IRAC", "DECLARED_FLOW", "1.0.0"),
        codelists={"CL_AREA": "1.0.0"},
        time_range=TimeRange("2016", "2017"),
        vintage=1,
        supersedes=(),
        audience=("BY", "KZ"),
        handling=Handling("AGG", "risk assessment", retention_until=date(2036, 1, 1)),
        parts=(PART,),
        certificate={"rules": ["open"]},
        ingest={"rows_read": 3},
        created_at=datetime(2026, 11, 23, 11, 0, tzinfo=UTC),
    )
    return dataclasses.replace(manifest, **changes)


def altered(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the bytes of a manifest after `change` was applied to its JSON."""
    document = json.loads(a_manifest().to_bytes())
    change(document)
    return canonical_json(document)


def refusal(raw: bytes, limits: Limits = DEFAULT) -> str:
    """Return the name under which a manifest is refused."""
    with pytest.raises(Refused) as caught:
        Manifest.from_bytes(raw, limits)
    return caught.value.name


def test_the_document_is_the_one_of_the_protocol() -> None:
    """Field by field, as docs/protocol.md writes it."""
    assert json.loads(a_manifest().to_bytes()) == {
        "version": "1.0",
        "originator": "RU",
        "dataflow": {"agency": "IRAC", "id": "DECLARED_FLOW", "version": "1.0.0"},
        "codelists": {"CL_AREA": "1.0.0"},
        "time_range": {"first": "2016", "last": "2017"},
        "vintage": 1,
        "supersedes": [],
        "audience": ["BY", "KZ"],
        "handling": {
            "marking": "AGG",
            "purpose": "risk assessment",
            "onward": "no",
            "retention_until": "2036-01-01",
        },
        "parts": [
            {"name": "cells.parquet", "length": 100, "digest": DIGEST, "logical_digest": OTHER, "rows": 3}
        ],
        "certificate": {"rules": ["open"]},
        "ingest": {"rows_read": 3},
        "embargo_until": None,
        "created_at": "2026-11-23T11:00:00Z",
    }


def test_what_is_written_is_read_back() -> None:
    """With and without the optional fields."""
    embargoed = a_manifest(embargo_until=datetime(2027, 1, 1, tzinfo=UTC), supersedes=(DIGEST, OTHER))

    for manifest in (a_manifest(), embargoed):
        assert Manifest.from_bytes(manifest.to_bytes(), DEFAULT) == manifest


def test_the_digest_is_of_the_bytes_that_came() -> None:
    """Another spelling of the same fields is another signed document."""
    spaced = json.dumps(json.loads(a_manifest().to_bytes()), indent=1).encode()

    manifest = Manifest.from_bytes(spaced, DEFAULT)

    assert manifest.to_bytes() == spaced
    assert manifest.digest == f"sha256:{sha256(spaced).hexdigest()}"


def test_unknown_fields_are_kept_at_every_level() -> None:
    """A later minor version may add fields; a rewrite must not lose them."""
    raw = altered(lambda document: (document.update(later=[1]), document["parts"][0].update(later=2)))

    manifest = Manifest.from_bytes(raw, DEFAULT)

    assert manifest.extra == {"later": [1]}
    assert manifest.to_bytes() == raw


def test_a_changed_copy_has_its_own_bytes() -> None:
    """The bytes kept are those of the manifest read, never those of another one."""
    copy = dataclasses.replace(Manifest.from_bytes(a_manifest().to_bytes(), DEFAULT), vintage=2)

    assert json.loads(copy.to_bytes())["vintage"] == 2


def test_a_later_minor_version_is_read() -> None:
    """It may only have added fields."""
    raw = altered(lambda document: document.update(version="1.7"))

    assert Manifest.from_bytes(raw, DEFAULT).version == "1.7"


@pytest.mark.parametrize("version", ["2.0", "0.9"])
def test_another_major_version_is_refused_before_anything_else(version: str) -> None:
    """Its other fields may mean anything."""
    assert refusal(json.dumps({"version": version}).encode()) == "version_unknown"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(audience=["KZ", "BY"]),
        lambda d: d.update(audience=["KZ", "KZ"]),
        lambda d: d.update(audience=["kz"]),
        lambda d: d.update(originator="RU/../KZ"),
        lambda d: d.update(supersedes=["sha256:1"]),
        lambda d: d.update(supersedes=[OTHER, DIGEST]),
        lambda d: d.update(parts=[]),
        lambda d: d.update(parts=d["parts"] * 2),
        lambda d: d["parts"][0].update(name="../x"),
        lambda d: d["handling"].update(onward="yes"),
        lambda d: d["handling"].update(retention_until="tomorrow"),
        lambda d: d.update(time_range={"first": "2017", "last": "2016"}),
        lambda d: d.update(time_range={"first": "2016-X", "last": "2017"}),
    ],
)
def test_a_value_outside_its_domain_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    """Each rule of the manifest, broken once."""
    assert refusal(altered(change)) == "manifest_malformed"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("audience"),
        lambda d: d.update(audience="KZ"),
        lambda d: d.update(vintage=0),
        lambda d: d.update(vintage=True),
        lambda d: d["parts"][0].update(length=0),
        lambda d: d["parts"][0].update(rows=-1),
        lambda d: d["parts"][0].update(digest="sha256:xyz"),
        lambda d: d.update(certificate=[]),
        lambda d: d.update(created_at="2026-11-23"),
        lambda d: d["codelists"].update(CL_AREA=1),
    ],
)
def test_a_field_of_another_shape_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    """Missing, of another type, or no number where one is expected."""
    assert refusal(altered(change)) == "document_malformed"


def test_a_manifest_over_its_size_is_refused_before_it_is_parsed() -> None:
    """The bound is on the bytes."""
    assert refusal(b"[" * 2_000_000) == "document_too_large"


def test_a_manifest_nested_too_deeply_is_refused() -> None:
    """The certificate is free in form, not in depth."""
    raw = b'{"version":"1.0","certificate":' + b'{"a":' * 40 + b"1" + b"}" * 41

    assert refusal(raw) == "document_too_deep"


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(max_part_bytes=99), "bytes of cells.parquet"),
        (Limits(max_rows=2), "rows"),
    ],
)
def test_an_announcement_over_a_limit_is_refused_and_named(limits: Limits, what: str) -> None:
    """Before any part is fetched."""
    with pytest.raises(Refused) as caught:
        check_limits(a_manifest(), limits)

    assert (caught.value.name, caught.value.context["limit"]) == ("manifest_over_limit", what)


def test_too_many_parts_are_refused() -> None:
    """Parts are counted before they are asked for."""
    two = a_manifest(parts=(PART, dataclasses.replace(PART, name="more.parquet")))

    with pytest.raises(Refused, match="parts: 2 announced, at most 1"):
        check_limits(two, Limits(max_parts=1))


def test_an_announcement_within_the_limits_passes() -> None:
    """Exactly at a limit is within it."""
    check_limits(a_manifest(), Limits(max_part_bytes=100, max_rows=3, max_parts=1))


@pytest.mark.parametrize(
    "change", [{"name": "a/b"}, {"length": 0}, {"rows": -1}, {"digest": "sha256:0"}, {"logical_digest": ""}]
)
def test_a_part_outside_its_domain_cannot_be_made(change: dict[str, Any]) -> None:
    """By a writer either."""
    with pytest.raises(ValueError, match="part"):
        dataclasses.replace(PART, **change)


def test_a_vintage_below_one_cannot_be_made() -> None:
    """Vintages are counted from one."""
    with pytest.raises(ValueError, match="vintage 0"):
        a_manifest(vintage=0)


def test_an_empty_audience_is_nobody_and_can_be_written() -> None:
    """It never means everybody."""
    assert Manifest.from_bytes(a_manifest(audience=()).to_bytes(), DEFAULT).audience == ()
