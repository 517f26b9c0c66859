"""jsondoc: what somebody else wrote is read exactly, or refused by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from exchange.errors import Failure, Refused
from exchange.jsondoc import Fields, moment_text, parse_json

DIGEST = "sha256:" + "0" * 63 + "a"


def read(text: str | bytes, *, max_bytes: int = 10_000, max_depth: int = 4) -> dict[str, object]:
    """Return what the reader makes of a text."""
    data = text.encode() if isinstance(text, str) else text
    return parse_json(data, max_bytes=max_bytes, max_depth=max_depth)


def refusal(text: str | bytes, *, max_bytes: int = 10_000, max_depth: int = 4) -> str:
    """Return the name under which the reader refuses a text."""
    with pytest.raises(Refused) as caught:
        read(text, max_bytes=max_bytes, max_depth=max_depth)
    assert caught.value.failure is Failure.ALARM
    return caught.value.name


def test_an_object_is_read_as_it_is_written() -> None:
    """Texts, whole numbers, truth values, null, lists and objects arrive unchanged."""
    document = read('{"a": [1, -2, true, null, "\\u049b"], "b": {"c": 9007199254740991}}')

    assert document == {"a": [1, -2, True, None, "қ"], "b": {"c": 9007199254740991}}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"a": 1, "a": 1}', "document_duplicate_key"),
        ('{"x": {"a": 1, "\\u0061": 2}}', "document_duplicate_key"),
        ('{"a": 1.0}', "document_inexact_number"),
        ('{"a": 1e3}', "document_inexact_number"),
        ('{"a": NaN}', "document_inexact_number"),
        ('{"a": -Infinity}', "document_inexact_number"),
        ('{"a": 9007199254740992}', "document_inexact_number"),
        ('{"a": -9007199254740992}', "document_inexact_number"),
        ('{"a": 1' + "0" * 5000 + "}", "document_inexact_number"),
        ("[]", "document_malformed"),
        ('"text"', "document_malformed"),
        ("", "document_malformed"),
        ('{"a": 1} ', None),
        ('{"a": 1}{', "document_malformed"),
        ('{"a": 01}', "document_malformed"),
        ("{'a': 1}", "document_malformed"),
        ('{"a": "\\ud800"}', "document_malformed"),
        ('{"\\udc00": 1}', "document_malformed"),
        ('{"a": "\\ud83d\\ude00"}', None),
        (b'\xef\xbb\xbf{"a": 1}', "document_malformed"),
        ('{"a": 1}'.encode("utf-16"), "document_malformed"),
        (b'{"a": "\xff"}', "document_malformed"),
        (b'{"a": "\xc0\x80"}', "document_malformed"),
        ('{"a": "line\nbreak"}', "document_malformed"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(text: str | bytes, name: str | None) -> None:
    """Duplicate keys, inexact numbers, several documents, other encodings and half characters are refused."""
    if name is None:
        assert read(text)
    else:
        assert refusal(text) == name


def test_the_outermost_object_has_depth_one() -> None:
    """Four levels pass a limit of four, and a fifth does not, be it empty, in a list or in an object."""
    assert read('{"a": [{"b": []}]}')
    assert refusal('{"a": [{"b": [[]]}]}') == "document_too_deep"
    assert refusal('{"a": [{"b": {"c": {}}}]}') == "document_too_deep"
    assert read("{}", max_depth=1) == {}


def test_nesting_beyond_the_parser_is_a_refusal_and_not_a_crash() -> None:
    """A hundred thousand brackets exhaust the parser's recursion, which must not leave the boundary."""
    depth = 100_000
    deep = '{"a": ' + "[" * depth + "]" * depth + "}"

    assert refusal(deep, max_bytes=len(deep)) == "document_too_deep"


def test_size_is_checked_before_anything_is_parsed() -> None:
    """Bytes over the limit are refused for their number, whatever they hold."""
    assert refusal(b"\xff" * 11, max_bytes=10) == "document_too_large"


def test_many_duplicate_keys_are_refused_in_linear_time() -> None:
    """The refusal of an object with 100 000 repeated keys names at most five of them."""
    text = "{" + ",".join(f'"k{n % 50_000}":0' for n in range(100_000)) + "}"

    with pytest.raises(Refused) as caught:
        read(text, max_bytes=len(text))

    assert caught.value.name == "document_duplicate_key"
    assert caught.value.detail.count("'k") == 5


def test_moments_are_written_in_utc_to_the_second() -> None:
    """Fractions are dropped, and years keep four digits on every platform."""
    assert moment_text(datetime(2026, 8, 1, 12, 0, 0, 999_999, tzinfo=UTC)) == "2026-08-01T12:00:00Z"
    assert moment_text(datetime(1, 2, 3, tzinfo=UTC)) == "0001-02-03T00:00:00Z"


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=5))])
def test_a_moment_outside_utc_is_a_mistake_of_the_caller(zone: timezone | None) -> None:
    """A naive or local time would mean another instant to the reader."""
    with pytest.raises(ValueError, match="UTC"):
        moment_text(datetime(2026, 8, 1, tzinfo=zone))


def fields(**document: object) -> Fields:
    """Return a document of these fields for typed reading."""
    return Fields(document, "manifest")


def test_fields_return_typed_values() -> None:
    """Every reading method returns what the document holds, in its order."""
    read_from = fields(
        name="KG",
        count=3,
        flag=False,
        digest=DIGEST,
        at="2026-08-01T12:00:00Z",
        audience=["KZ", "RU"],
        parts=[{"rows": 1}],
        nested={"rows": 2},
        nothing=None,
    )

    assert read_from.text("name") == "KG"
    assert read_from.integer("count", at_least=3) == 3
    assert read_from.boolean("flag") is False
    assert read_from.digest("digest") == DIGEST
    assert read_from.moment("at") == datetime(2026, 8, 1, 12, tzinfo=UTC)
    assert read_from.optional_moment("at") == datetime(2026, 8, 1, 12, tzinfo=UTC)
    assert read_from.texts("audience") == ("KZ", "RU")
    assert [part.integer("rows") for part in read_from.list_of_fields("parts")] == [1]
    assert read_from.fields("nested").integer("rows") == 2
    assert read_from.mapping("nested") == {"rows": 2}
    assert read_from.optional_text("name") == "KG"
    assert read_from.optional_text("nothing") is None
    assert read_from.optional_text("absent") is None
    assert read_from.optional_moment("absent") is None


def test_unknown_fields_are_kept() -> None:
    """What a later version added is returned as it came."""
    assert fields(version="1.3", known=1, later={"x": 1}).rest({"version", "known"}) == {"later": {"x": 1}}


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("text", 1),
        ("text", ""),
        ("text", None),
        ("integer", True),
        ("integer", "1"),
        ("integer", -1),
        ("boolean", 1),
        ("digest", "sha256:00"),
        ("digest", DIGEST.upper()),
        ("moment", "2026-08-01T12:00:00+00:00"),
        ("moment", "2026-08-01T12:00:00.0Z"),
        ("moment", "2026-02-30T12:00:00Z"),
        ("moment", "2026-08-01T12:00:60Z"),
        ("moment", "٢٠٢٦-08-01T12:00:00Z"),
        ("texts", ["a", 1]),
        ("texts", ["a", ""]),
        ("texts", "ab"),
        ("mapping", []),
        ("list_of_fields", [{}, []]),
        ("list_of_fields", {}),
        ("optional_text", 7),
    ],
)
def test_a_field_of_another_type_is_refused_by_its_path(method: str, value: object) -> None:
    """Nothing is converted: the refusal names the document and the field."""
    with pytest.raises(Refused, match=r"manifest\.field") as caught:
        getattr(fields(field=value), method)("field")

    assert caught.value.name == "document_malformed"


def test_a_missing_field_is_refused_by_its_whole_path() -> None:
    """The path goes through lists and objects down to the field."""
    with pytest.raises(Refused, match=r"manifest\.parts\[1\]\.rows is missing"):
        fields(parts=[{"rows": 1}, {}]).list_of_fields("parts")[1].integer("rows")


def test_a_later_minor_version_is_read_and_another_major_is_not() -> None:
    """1.7 is 1.0 with more fields; 2.0 may mean something else by the same ones."""
    assert fields(version="1.7").version("version", "1.0") == "1.7"
    with pytest.raises(Refused) as caught:
        fields(version="2.0").version("version", "1.0")

    assert caught.value.name == "version_unknown"


@pytest.mark.parametrize("text", ["1", "1.", "01.0", "1.0.0", "v1.0", " 1.0", "1.0\n"])
def test_a_version_has_one_spelling(text: str) -> None:
    """Two numbers and a point, without leading zeros."""
    with pytest.raises(Refused) as caught:
        fields(version=text).version("version", "1.0")

    assert caught.value.name == "document_malformed"
