"""A manifest says what a bundle is, whose it is, for whom, and exactly which bytes make it.

* `raw` is the bytes that were signed: they are kept as they came, so that fields this version does not know
  survive a rewrite, and the digest of a manifest is always the digest of those bytes.
* The audience is explicit and sorted; an empty audience means nobody, never everybody.
* A part has two digests: of its bytes, and of its content, because Parquet bytes differ between writers.
* A major version that is not known is not guessed at: it is left to a newer node.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NoReturn

from exchange.errors import Refused
from exchange.jsondoc import Fields, moment_text, parse_json
from exchange.limits import Limits
from schemas.canonical import canonical_json
from schemas.digest import is_digest, sha256_hex
from schemas.errors import SchemaError
from schemas.period import TimePeriod

VERSION = "1.0"
MEMBER_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_PART_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class DataflowRef:
    """A dataflow by agency, id and version, as in SDMX."""

    agency: str
    id: str
    version: str


@dataclass(frozen=True, slots=True)
class TimeRange:
    """First and last reporting period of the cells, both included, as written in them.

    Raises:
        ValueError: one is not a reporting period, or the first is later than the last.
    """

    first: str
    last: str

    def __post_init__(self) -> None:
        try:
            is_ordered = TimePeriod.parse(self.first) <= TimePeriod.parse(self.last)
        except SchemaError as error:
            raise ValueError(f"time_range: {error}") from error
        if not is_ordered:
            raise ValueError(f"time_range: {self.first} is later than {self.last}")


@dataclass(frozen=True, slots=True)
class Handling:
    """How a receiver may use the cells; `onward` is `no` in version 1: not beyond the audience."""

    marking: str
    purpose: str
    onward: str = "no"
    retention_until: date | None = None

    def __post_init__(self) -> None:
        if self.onward != "no":
            raise ValueError(f"handling: onward use {self.onward!r} is not known to version {VERSION}")

    def to_document(self) -> dict[str, Any]:
        """Return the object that stands in a signed document."""
        until = self.retention_until
        return {**_as_mapping(self), "retention_until": None if until is None else until.isoformat()}

    @classmethod
    def from_fields(cls, entry: Fields) -> Handling:
        """Return the handling written in a signed document.

        Raises:
            Refused: a name of `Fields`. ValueError: onward use is something else than `no`, or the date is none.
        """
        retention = entry.optional_text("retention_until")
        return cls(
            marking=entry.text("marking"),
            purpose=entry.text("purpose"),
            onward=entry.text("onward"),
            retention_until=None if retention is None else date.fromisoformat(retention),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file: `length` in bytes, `digest` of the bytes, `logical_digest` of the content, `rows`."""

    name: str
    length: int
    digest: str
    logical_digest: str
    rows: int

    def __post_init__(self) -> None:
        if not _PART_NAME.fullmatch(self.name):
            raise ValueError(f"part name {self.name[:80]!r} is not a plain file name")
        if self.length < 1 or self.rows < 0:
            raise ValueError(f"part {self.name}: {self.length} bytes and {self.rows} rows")
        if not (is_digest(self.digest) and is_digest(self.logical_digest)):
            raise ValueError(f"part {self.name}: a digest is not a sha256 digest")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The payload of a `release` envelope (docs/protocol.md, Manifest). Moments are UTC, whole seconds.

    supersedes: digests of the manifests this vintage replaces. certificate: what disclosure control did.
    ingest: how the source was read (reader settings, rows read and refused), never what was in it.
    extra: fields of a later minor version. raw: the bytes; not an argument.

    Raises:
        ValueError: a value outside its domain.
    """

    originator: str
    dataflow: DataflowRef
    codelists: Mapping[str, str]
    time_range: TimeRange
    vintage: int
    supersedes: tuple[str, ...]
    audience: tuple[str, ...]
    handling: Handling
    parts: tuple[Part, ...]
    certificate: Mapping[str, Any]
    ingest: Mapping[str, Any]
    created_at: datetime
    embargo_until: datetime | None = None
    version: str = VERSION
    extra: Mapping[str, Any] = field(default_factory=dict)
    raw: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for code in (self.originator, *self.audience):
            if not MEMBER_CODE.fullmatch(code):
                raise ValueError(f"{code[:40]!r} is not a member code")
        if list(self.audience) != sorted(set(self.audience)):
            raise ValueError("the audience is not sorted, or names a member twice")
        if list(self.supersedes) != sorted(set(self.supersedes)) or not all(map(is_digest, self.supersedes)):
            raise ValueError("supersedes is not a sorted list of different digests")
        if self.vintage < 1:
            raise ValueError(f"vintage {self.vintage} is below 1")
        names = {part.name for part in self.parts}
        if not self.parts or len(names) != len(self.parts):
            raise ValueError("a bundle has at least one part, and each its own name")
        object.__setattr__(self, "codelists", MappingProxyType(dict(self.codelists)))
        object.__setattr__(self, "raw", canonical_json(_to_document(self)))

    @property
    def digest(self) -> str:
        """The name of the bundle: the digest of the manifest's bytes."""
        return sha256_hex(self.raw)

    @property
    def rows(self) -> int:
        """Rows of all parts together."""
        return sum(part.rows for part in self.parts)

    def to_bytes(self) -> bytes:
        """Return the bytes to sign, or those the manifest was read from."""
        return self.raw

    @classmethod
    def from_bytes(cls, raw: bytes, limits: Limits) -> Manifest:
        """Return the manifest in `raw`.

        Raises:
            Refused: `manifest_malformed`, `version_unknown` for another major version, or a name of
                `parse_json` or `Fields`.
        """
        document = parse_json(raw, max_bytes=limits.max_manifest_bytes, max_depth=limits.max_json_depth)
        entry = Fields(document, "manifest")
        try:
            manifest = _from_fields(entry)
        except ValueError as error:
            _malformed(str(error))
        object.__setattr__(manifest, "raw", raw)
        return manifest


_KNOWN = frozenset(f.name for f in fields(Manifest)) - {"extra", "raw"}


def check_limits(manifest: Manifest, limits: Limits) -> None:
    """Refuse a manifest that announces more than is agreed, before any of it is fetched.

    Raises:
        Refused: `manifest_over_limit`.
    """
    claims = [
        ("parts", len(manifest.parts), limits.max_parts),
        ("rows", manifest.rows, limits.max_rows),
        *((f"bytes of {part.name}", part.length, limits.max_part_bytes) for part in manifest.parts),
    ]
    for what, claimed, at_most in claims:
        if claimed > at_most:
            raise Refused(
                "manifest_over_limit",
                title="A release announces more than is agreed",
                detail=f"{what}: {claimed} announced, at most {at_most}",
                context={"limit": what, "claimed": claimed, "at_most": at_most},
            )


def _to_document(manifest: Manifest) -> dict[str, Any]:
    document = {
        "version": manifest.version,
        "originator": manifest.originator,
        "dataflow": _as_mapping(manifest.dataflow),
        "codelists": dict(manifest.codelists),
        "time_range": _as_mapping(manifest.time_range),
        "vintage": manifest.vintage,
        "supersedes": manifest.supersedes,
        "audience": manifest.audience,
        "handling": manifest.handling.to_document(),
        "parts": [_as_mapping(part) for part in manifest.parts],
        "certificate": dict(manifest.certificate),
        "ingest": dict(manifest.ingest),
        "embargo_until": None if manifest.embargo_until is None else moment_text(manifest.embargo_until),
        "created_at": moment_text(manifest.created_at),
    }
    return {**manifest.extra, **document}


def _as_mapping(value: DataflowRef | TimeRange | Handling | Part) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in fields(value)}


def _from_fields(entry: Fields) -> Manifest:
    # the version first: other fields of another major version may mean something else
    version = entry.version("version", VERSION)
    dataflow, time_range = entry.fields("dataflow"), entry.fields("time_range")
    codelists = Fields(entry.mapping("codelists"), "manifest.codelists")
    return Manifest(
        version=version,
        originator=entry.text("originator"),
        dataflow=DataflowRef(dataflow.text("agency"), dataflow.text("id"), dataflow.text("version")),
        codelists={name: codelists.text(name) for name in entry.mapping("codelists")},
        time_range=TimeRange(time_range.text("first"), time_range.text("last")),
        vintage=entry.integer("vintage", at_least=1),
        supersedes=entry.texts("supersedes"),
        audience=entry.texts("audience"),
        handling=Handling.from_fields(entry.fields("handling")),
        parts=tuple(_part(part) for part in entry.list_of_fields("parts")),
        certificate=entry.mapping("certificate"),
        ingest=entry.mapping("ingest"),
        embargo_until=entry.optional_moment("embargo_until"),
        created_at=entry.moment("created_at"),
        extra=entry.rest(_KNOWN),
    )


def _part(entry: Fields) -> Part:
    return Part(
        name=entry.text("name"),
        length=entry.integer("length", at_least=1),
        digest=entry.digest("digest"),
        logical_digest=entry.digest("logical_digest"),
        rows=entry.integer("rows"),
    )


def _malformed(detail: str) -> NoReturn:
    raise Refused("manifest_malformed", title="A release's manifest cannot be read", detail=detail)
