"""JSON that came from somebody else: bounded, unambiguous and exact, or refused.

* Size is checked before parsing; nesting, duplicate keys, numbers and text while or right after it.
* Two readers can never see two documents in the same bytes: a duplicate key is refused, not resolved.
* Numbers are whole and within 2**53 - 1 (RFC 7493, section 2.2): floats, NaN and Infinity are refused.
* `Fields` reads one object with types, and names the path of what is wrong.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar

from exchange.errors import Refused
from schemas.digest import is_digest

_EXACT_AT_MOST = 2**53 - 1
_LONGEST_INTEGER = len(str(-_EXACT_AT_MOST))
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_VERSION = re.compile(r"(?P<major>0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")
_MOMENT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_TITLE = "The document cannot be read"

_T = TypeVar("_T")


def parse_json(data: bytes, *, max_bytes: int, max_depth: int) -> dict[str, Any]:
    """Return the object in `data`; the outermost object has depth 1.

    Raises:
        Refused: `document_too_large`, `document_too_deep`, `document_duplicate_key`,
            `document_inexact_number`, or `document_malformed` for anything but one JSON object in UTF-8.
    """
    if len(data) > max_bytes:
        _refuse("document_too_large", f"{len(data)} bytes, at most {max_bytes} are read")
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object_without_duplicates,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_exact_integer,
        )
    except RecursionError:
        _refuse("document_too_deep", f"more than {max_depth} levels")
    except ValueError as error:  # also UnicodeDecodeError and JSONDecodeError
        _refuse("document_malformed", str(error))
    if not isinstance(document, dict):
        _refuse("document_malformed", f"an object is expected, not {type(document).__name__}")
    _check_depth_and_text(document, max_depth)
    return document


def moment_text(at: datetime) -> str:
    """Return `at` as the protocol writes moments, `2026-08-01T12:00:00Z`: UTC, fractions of a second dropped.

    Raises:
        ValueError: `at` has no time zone, or another one than UTC.
    """
    if at.utcoffset() != timedelta(0):
        raise ValueError(f"a moment of the protocol is in UTC, not {at!r}")
    # not strftime: C libraries differ in how they pad years before 1000
    return at.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def has_major_of(version: str, supported: str) -> bool:
    """Return whether `version` is a `major.minor` whose major is the one of `supported`."""
    match = _VERSION.fullmatch(version)
    return match is not None and match["major"] == supported.partition(".")[0]


class Fields:
    """Typed reading of one JSON object; every refusal is `document_malformed` and names the field's path."""

    __slots__ = ("_document", "where")

    def __init__(self, document: Mapping[str, Any], where: str) -> None:
        self._document = document
        self.where = where

    def text(self, key: str) -> str:
        """Return the non-empty text under `key`."""
        value = self._typed(key, str, "text")
        return value or self.refuse(key, "is empty")

    def optional_text(self, key: str) -> str | None:
        """Return the non-empty text under `key`, or None when it is absent or null."""
        return None if self._document.get(key) is None else self.text(key)

    def integer(self, key: str, *, at_least: int = 0) -> int:
        """Return the whole number under `key`, not below `at_least`."""
        value = self._typed(key, int, "a whole number")
        return value if value >= at_least else self.refuse(key, f"is {value}, below {at_least}")

    def boolean(self, key: str) -> bool:
        """Return the true or false under `key`."""
        return self._typed(key, bool, "true or false")

    def digest(self, key: str) -> str:
        """Return the digest under `key`, `sha256:` and 64 lower-case hexadecimal digits."""
        value = self.text(key)
        return value if is_digest(value) else self.refuse(key, "is not a sha256 digest")

    def moment(self, key: str) -> datetime:
        """Return the moment under `key`, written as `moment_text` writes it."""
        value = self.text(key)
        if not _MOMENT.fullmatch(value):
            self.refuse(key, "is not a moment such as 2026-08-01T12:00:00Z")
        try:
            return datetime.strptime(value, _MOMENT_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            self.refuse(key, f"is not a moment that exists: {value}")

    def optional_moment(self, key: str) -> datetime | None:
        """Return the moment under `key`, or None when it is absent or null."""
        return None if self._document.get(key) is None else self.moment(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of non-empty texts under `key`, in its order."""
        values = self._typed(key, list, "a list")
        if not all(isinstance(value, str) and value for value in values):
            self.refuse(key, "holds something else than non-empty texts")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, Any]:
        """Return the object under `key` as it stands."""
        return self._typed(key, dict, "an object")

    def fields(self, key: str) -> Fields:
        """Return the object under `key` for typed reading."""
        return Fields(self.mapping(key), f"{self.where}.{key}")

    def list_of_fields(self, key: str) -> tuple[Fields, ...]:
        """Return the list of objects under `key` for typed reading."""
        values = self._typed(key, list, "a list")
        if not all(isinstance(value, dict) for value in values):
            self.refuse(key, "holds something else than objects")
        return tuple(Fields(value, f"{self.where}.{key}[{at}]") for at, value in enumerate(values))

    def version(self, key: str, supported: str) -> str:
        """Return the version `major.minor` under `key`; a later minor version of the same major is read.

        Raises:
            Refused: `version_unknown` when the major version is another than the one of `supported`.
        """
        value = self.text(key)
        if not _VERSION.fullmatch(value):
            self.refuse(key, "is not a version such as 1.0")
        if not has_major_of(value, supported):
            _refuse("version_unknown", f"{self.where}.{key} is {value}, this node reads {supported}")
        return value

    def rest(self, known: Collection[str]) -> dict[str, Any]:
        """Return the fields this version does not know, which are kept so that a rewrite loses nothing."""
        return {key: value for key, value in self._document.items() if key not in known}

    def refuse(self, key: str, problem: str) -> NoReturn:
        """Raise `document_malformed` about the field `key`."""
        _refuse("document_malformed", f"{self.where}.{key} {problem}")

    def _typed(self, key: str, kind: type[_T], what: str) -> _T:
        if key not in self._document:
            self.refuse(key, "is missing")
        value = self._document[key]
        # exact type: True is an int to isinstance, and must not pass for a number
        if type(value) is not kind:
            self.refuse(key, f"is not {what}")
        return value


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
        _refuse("document_duplicate_key", f"written twice: {', '.join(map(ascii, twice[:5]))}")
    return document


def _exact_integer(literal: str) -> int:
    # the length first: turning a million digits into a number costs quadratic time
    if len(literal) > _LONGEST_INTEGER or abs(int(literal)) > _EXACT_AT_MOST:
        _refuse(
            "document_inexact_number", "a whole number beyond 2**53 - 1; large amounts are written as text"
        )
    return int(literal)


def _refuse_number(literal: str) -> NoReturn:
    _refuse("document_inexact_number", f"{literal[:40]}; only whole numbers are exact on every node")


def _check_depth_and_text(document: dict[str, Any], max_depth: int) -> None:
    """Walk the document level by level: a loop, because recursion is what an attacker would exhaust."""
    level: list[Any] = [document]
    depth = 0
    while level:
        depth += 1
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict | list):
                if depth > max_depth:
                    _refuse("document_too_deep", f"more than {max_depth} levels")
                below.extend(value)
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, str) and not value.isascii():
                _check_encodable(value)
        level = below


def _check_encodable(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        _refuse("document_malformed", "a text holds half a surrogate pair, which no encoding can write")


def _refuse(name: str, detail: str) -> NoReturn:
    raise Refused(name, title=_TITLE, detail=detail)
