"""The typology document: codes by facet, texts with one original, and bounds that every reader demands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from exchange.envelope import PAYLOAD_TYPES, assemble, sign
from exchange.errors import Refused
from exchange.limits import DEFAULT, MAX_TYPOLOGY_CODES, MAX_TYPOLOGY_LANGUAGES, MAX_TYPOLOGY_LINES
from exchange.typology import Typology, TypologyStatus
from exchange.typology_wording import Description, Wording
from tests.support.described import a_typology
from tests.support.peer_simulator import a_signer

TYPOLOGY = a_typology()
RETIRED = a_typology(status=TypologyStatus.RETIRED, reason="не встречалась три года")


def test_a_typology_is_canonical_json() -> None:
    """Its fields stand beside one another, sorted, as the protocol writes them."""
    expected = (
        '{"audience":["KZ","RU"],"codelists":{"CL_METHOD":"1.0.0"},"codes":{"METHOD":["TM15"]},'
        '"created_at":"2026-08-01T12:00:00Z","handling":{"marking":"AGG","onward":"no",'
        '"purpose":"ml_tf_risk_assessment","retention_until":null},"number":1,"original":"ru","originator":"KG",'
        '"reason":null,"sources":[],"status":"SHARED","texts":{"ru":{"description":"Деньги вносятся на счёт игрока '
        'и почти сразу выводятся.","measures":[],"title":"Ставки без игры","warning_signs":[]}},'
        '"typology":"KG-2026-001","version":"1.0","written_at":"2026-08-01T12:00:00Z"}'
    )
    said = replace(
        TYPOLOGY,
        written_at=datetime.fromisoformat("2026-08-01T12:00:00+00:00"),
        created_at=datetime.fromisoformat("2026-08-01T12:00:00+00:00"),
    )

    assert said.to_bytes().decode() == expected
    assert Typology.from_bytes(said.to_bytes(), DEFAULT) == said


@pytest.mark.parametrize("said", [TYPOLOGY, RETIRED])
def test_a_later_minor_version_is_written_back_unchanged(said: Typology) -> None:
    """Unknown fields, of the document and of a text, and unknown facets survive."""
    document = json.loads(said.to_bytes()) | {"version": "1.7", "alpha": [1]}
    document["codes"]["NEXT"] = ["N1"]
    document["texts"]["ru"]["next"] = "x"
    data = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    assert Typology.from_bytes(data, DEFAULT).to_bytes() == data


def altered(**changes: object) -> bytes:
    """Return the typology with fields replaced."""
    return json.dumps({**json.loads(TYPOLOGY.to_bytes()), **changes}).encode()


def text(**changes: object) -> dict[str, object]:
    """Return a text with parts replaced, under Russian."""
    return {"ru": {"title": "x", "description": "x", "warning_signs": [], "measures": [], **changes}}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (altered(version="2.0"), "version_unknown"),
        (altered(originator="BY"), "typology_malformed"),
        (altered(typology="KG-26-1"), "typology_malformed"),
        (altered(number=0), "typology_malformed"),
        (altered(number=1000), "typology_malformed"),
        (altered(status="PROPOSED"), "typology_malformed"),
        (altered(status="RETIRED"), "typology_malformed"),
        (altered(reason="gone"), "typology_malformed"),
        (altered(audience=["RU", "KZ"]), "typology_malformed"),
        (altered(codes={}), "typology_malformed"),
        (altered(codes={"METHOD": []}), "typology_malformed"),
        (altered(codes={"CHANNEL": ["VA"]}), "typology_malformed"),
        (altered(codes={"METHOD": ["TM15", "TM14"]}), "typology_malformed"),
        (altered(codes={"METHOD": ["<b>"]}), "typology_malformed"),
        (altered(codes={"METHOD": ["TM15"], "a facet": ["X"]}), "typology_malformed"),
        (
            altered(codes={"METHOD": [f"A{at:02d}" for at in range(MAX_TYPOLOGY_CODES + 1)]}),
            "typology_malformed",
        ),
        (altered(original="en"), "typology_malformed"),
        (altered(texts={"russian": text()["ru"]}), "typology_malformed"),
        (altered(texts=text(title="x" * 201)), "typology_malformed"),
        (altered(texts=text(title="one\nline")), "typology_malformed"),
        (altered(texts=text(description="x" * 4001)), "typology_malformed"),
        (altered(texts=text(description="x\u0000")), "typology_malformed"),
        (altered(texts=text(description=" ")), "typology_malformed"),
        (altered(texts=text(measures=["x"] * (MAX_TYPOLOGY_LINES + 1))), "typology_malformed"),
        (altered(texts=text(warning_signs=["x" * 301])), "typology_malformed"),
        (altered(sources=["a\u2028b"]), "typology_malformed"),
        (altered(texts=text(measures=["gold \u202eplos"])), "typology_malformed"),
        (altered(handling={"marking": "AGG", "purpose": "x", "onward": "yes"}), "typology_malformed"),
        (altered(texts=text(title="")), "document_malformed"),
        (altered(written_at="yesterday"), "document_malformed"),
        (b"{}", "document_malformed"),
    ],
)
def test_a_typology_over_its_bounds_is_refused(data: bytes, name: str) -> None:
    """By its name; nothing of it is shown."""
    with pytest.raises(Refused) as caught:
        Typology.from_bytes(data, DEFAULT)

    assert caught.value.name == name


def test_the_longest_typology_fits_a_record() -> None:
    """As many languages, lines and letters as are taken, in letters of four bytes, signed."""
    lines = ("𐀀" * 300,) * MAX_TYPOLOGY_LINES
    longest = Wording("𐀀" * 200, "𐀀" * 4000, lines, lines)
    languages = [f"a{chr(97 + at)}" for at in range(MAX_TYPOLOGY_LANGUAGES)]
    said = replace(
        TYPOLOGY,
        description=Description({"METHOD": ("TM15",)}, "aa", dict.fromkeys(languages, longest), lines),
    )
    payload = said.to_bytes()

    signed = assemble(
        PAYLOAD_TYPES["typology"], payload, [sign(PAYLOAD_TYPES["typology"], payload, a_signer("KG log"))]
    )

    assert len(signed) <= DEFAULT.max_record_bytes


def test_the_flag_of_new_technology_follows_from_the_codes() -> None:
    """One is named, or none is."""
    assert not TYPOLOGY.description.has_new_technology
    assert replace(TYPOLOGY.description, codes={"METHOD": ("TM15",), "NEW_TECH": ("AI",)}).has_new_technology


@pytest.mark.parametrize("changes", [{"number": 0}, {"extra": {"texts": {}}}, {"typology": "BY-2026-001"}])
def test_half_a_typology_cannot_be_made(changes: dict[str, object]) -> None:
    """Construction validates what signing would otherwise make permanent."""
    with pytest.raises(ValueError, match="typology"):
        replace(TYPOLOGY, **changes)
