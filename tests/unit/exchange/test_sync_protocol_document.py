"""docs/protocol.md and the code say the same, so that another implementation can rely on the document."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import exchange
from exchange import errors, limits, parquet, parquet_footer, typology, witness
from exchange.attestation import Attestation
from exchange.jsondoc import parse_json
from exchange.limits import DEFAULT
from exchange.notice import Notice
from exchange.receipt import Receipt
from exchange.reception import Refusal
from exchange.records import RecordKind
from exchange.retraction import Retraction
from exchange.typology import Typology

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = (ROOT / "docs/protocol.md").read_text("utf-8")
CODE = {str(path): path.read_text("utf-8") for path in sorted((ROOT / "exchange").rglob("*.py"))}
RAISED = {"Refused", "Unreachable", "NotYet", "Misconfigured"}
MAKERS = RAISED | {"contradiction"}


def section(title: str) -> str:
    """Return the text under a heading of the second level."""
    return DOCUMENT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def steps(text: str) -> dict[int, str]:
    """Return the sentence in bold of each numbered step."""
    return {
        int(number): sentence
        for number, sentence in re.findall(r"^(\d+)\. \*\*(.+?)\*\*", text, re.MULTILINE)
    }


def numbered_comments(word: str) -> dict[int, str]:
    """Return the numbered comments of the code that begin with `word`."""
    pattern = re.compile(rf"^\s*# {word} (\d+)\. (.+)$", re.MULTILINE)
    return {int(n): text for code in CODE.values() for n, text in pattern.findall(code)}


def names_raised() -> Iterator[str]:
    """Yield every error name written in a call of the package: to an error class or to a maker of errors."""
    for code in CODE.values():
        for node in ast.walk(ast.parse(code)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called, first = node.func, node.args[0]
            is_maker = isinstance(called, ast.Name) and (called.id in MAKERS or called.id.startswith("_"))
            written = first.value if is_maker and isinstance(first, ast.Constant) else None
            if isinstance(written, str) and re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", written):
                yield written


def test_the_version_is_the_one_the_code_speaks() -> None:
    """Both are changed together or not at all."""
    assert re.findall(r"^Version: (\S+)$", DOCUMENT, re.MULTILINE) == [exchange.PROTOCOL_VERSION]


@pytest.mark.parametrize(
    ("title", "word", "count"), [("Synchronisation", "Step", 9), ("Verifying a record", "Record step", 16)]
)
def test_the_numbered_steps_are_the_comments_of_the_code(title: str, word: str, count: int) -> None:
    """Word for word, so that a reader can hold the document in one hand and the code in the other."""
    assert steps(section(title)) == numbered_comments(word)
    assert list(steps(section(title))) == list(range(1, count + 1))


def test_the_limits_are_those_of_the_code() -> None:
    """Every limit of `Limits`, and those that the protocol fixes."""
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|$", section("Limits"), re.MULTILINE)
    written = {name: int(value) for name, value in rows}

    assert written == dataclasses.asdict(DEFAULT) | {
        "MAX_FOOTER_BYTES": parquet_footer.MAX_FOOTER_BYTES,
        "MAX_ROW_GROUPS": parquet_footer.MAX_ROW_GROUPS,
        "MAX_NEW_ENTRIES": witness.MAX_NEW_ENTRIES,
        "MAX_TEXT_CHARACTERS": limits.MAX_TEXT_CHARACTERS,
        "MAX_RECEIPT_ENTRIES": limits.MAX_RECEIPT_ENTRIES,
        "MAX_RECOMPUTED": limits.MAX_RECOMPUTED,
        "MAX_NOTICE_LANGUAGES": limits.MAX_NOTICE_LANGUAGES,
        "MAX_NOTICE_EVIDENCE": limits.MAX_NOTICE_EVIDENCE,
        "MAX_TYPOLOGY_LANGUAGES": limits.MAX_TYPOLOGY_LANGUAGES,
        "MAX_TYPOLOGY_TITLE_CHARACTERS": limits.MAX_TYPOLOGY_TITLE_CHARACTERS,
        "MAX_TYPOLOGY_LINES": limits.MAX_TYPOLOGY_LINES,
        "MAX_TYPOLOGY_LINE_CHARACTERS": limits.MAX_TYPOLOGY_LINE_CHARACTERS,
        "MAX_TYPOLOGY_FACETS": limits.MAX_TYPOLOGY_FACETS,
        "MAX_TYPOLOGY_CODES": limits.MAX_TYPOLOGY_CODES,
        "MOST_VERSIONS": typology.MOST_VERSIONS,
    }
    assert f"`RATIO_APPLIES_ABOVE_BYTES`, {parquet_footer.RATIO_APPLIES_ABOVE_BYTES} " in section("Limits")
    assert isinstance(DEFAULT, limits.Limits)


def test_every_failure_is_in_the_document() -> None:
    """By its name, once, and no other."""
    written = re.findall(r"^\| `(\w+)` \| [A-Z]+ \|", section("Failures"), re.MULTILINE)

    assert written == sorted(set(names_raised()))


def test_every_failure_has_the_class_the_code_gives_it() -> None:
    """As a refusal of a record, which is where a newer version becomes the operator's matter."""
    classes = dict(re.findall(r"^\| `(\w+)` \| ([A-Z]+) \|", section("Failures"), re.MULTILINE))
    for code in CODE.values():
        for kind, name in re.findall(r"\b(Refused|Unreachable|NotYet|Misconfigured)\(\s*\"(\w+)\"", code):
            error = getattr(errors, kind)(name, title="", detail="")
            assert classes[name] == Refusal.of(0, error).failure.name


def test_the_payload_types_are_those_of_the_code() -> None:
    """Kind and type."""
    written = re.findall(r"^\| (\w+) \| `(application/\S+)` \|", section("Records"), re.MULTILINE)

    assert written == [(kind.value, kind.payload_type) for kind in RecordKind]


def test_the_example_of_the_logical_digest_is_right() -> None:
    """Whoever implements it from the document tries this table first."""
    table = pa.table(
        {
            "A": ["я", None, "x", "x", ""],
            "N": pa.array([-7, None, 7, 7, None], pa.int64()),
        }
    )

    assert f"`{parquet.logical_digest(table)}`" in section("Parts")


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Retraction", Retraction),
        ("Receipt", Receipt),
        ("Notice", Notice),
        ("Typology", Typology),
        ("Attestation", Attestation),
    ],
)
def test_the_example_of_a_payload_is_one(title: str, read: type[Retraction]) -> None:
    """Once its digests are written out, the first example is the document of its section."""
    example, *_parts = re.findall(r"^```json\n(.+?)^```", section(title), re.MULTILINE | re.DOTALL)
    written = re.sub(r"sha256:<[^>]+>", "sha256:" + "0" * 64, example)

    document = read.from_bytes(written.encode(), DEFAULT)

    assert parse_json(document.to_bytes(), max_bytes=10_000, max_depth=16) == parse_json(
        written.encode(), max_bytes=10_000, max_depth=16
    )


def test_the_examples_are_json_this_package_reads() -> None:
    """Each example parses under the rules of the document itself."""
    examples = re.findall(r"^```json\n(.+?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)

    assert len(examples) >= 6
    for example in examples:
        parse_json(example.encode(), max_bytes=10_000, max_depth=DEFAULT.max_json_depth)
