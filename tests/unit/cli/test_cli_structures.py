"""`irac structure`, `irac codelist` and `irac template`: what they print, write and refuse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from typer.testing import CliRunner, Result

from node.adapters.templates import DefinitionFiles
from node.cli import build_app
from node.cli.doors import Doors, handed
from node.errors import Invalid, NodeError, NotFound, Unavailable
from schemas import registry

CONTEXT = SimpleNamespace(member="KZ", definitions=DefinitionFiles())
NODE = SimpleNamespace(context=CONTEXT, close=lambda: None)
DOORS = replace(
    Doors(*[cast("Any", None)] * len(Doors.__dataclass_fields__)), open_node=lambda: cast("Any", NODE)
)


def _run(*words: str) -> Result:
    with handed(DOORS):
        return CliRunner().invoke(build_app(), list(words))


def _refusal(*words: str) -> NodeError:
    """Give the refusal, which the entry point turns into words and exit status 2."""
    result = _run(*words)
    assert isinstance(result.exception, NodeError), result.output
    return result.exception


def test_structures_are_listed_with_what_they_are_for() -> None:
    """One line a structure; the same as JSON."""
    listed = json.loads(_run("structure", "list", "--json").output)
    lines = _run("structure", "list", "--language", "ru").output.splitlines()

    assert [one["id"] for one in listed] == list(registry.structure_ids())
    assert len(lines) == len(listed)
    (line,) = [one for one in lines if one.startswith("R33_A_UPLOAD ")]
    assert registry.structure("R33_A_UPLOAD").labels["ru"] in line


def test_a_structure_is_shown_with_its_columns_and_its_rules_in_words() -> None:
    """In the language asked for."""
    output = _run("structure", "show", "R33_A_UPLOAD", "--language", "kk").output

    for column in registry.structure("R33_A_UPLOAD").columns:
        assert f"{column.id}: {column.labels['kk']}" in output
    assert "- REF_AREA: тек сіздің түйініңіздің мемлекеті." in output


def test_a_code_list_is_shown_with_labels_and_parents() -> None:
    """The JSON form has every language."""
    output = _run("codelist", "show", "CL_PRODUCT", "--language", "en").output
    document = json.loads(_run("codelist", "show", "CL_PRODUCT", "--json").output)

    assert "  HS01: Live animals (< _T)" in output.splitlines()
    assert [code["id"] for code in document["codes"]] == list(registry.codelist("CL_PRODUCT").ids)


def test_code_lists_are_listed() -> None:
    """Every one of them."""
    assert [one["id"] for one in json.loads(_run("codelist", "list", "--json").output)] == list(
        registry.codelist_ids()
    )


@pytest.mark.parametrize(
    ("form", "start"),
    [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfTIME_PERIOD"), ("sdmx-csv", b"\xef\xbb\xbfSTRUCTURE")],
)
def test_a_template_is_written_where_it_is_asked_for(form: str, start: bytes, tmp_path: Path) -> None:
    """In each form."""
    out = tmp_path / "template"

    result = _run("template", "R33_A", "--format", form, "--language", "kk", "--out", str(out))

    assert result.exit_code == 0
    assert out.read_bytes().startswith(start)
    assert str(out.stat().st_size) in result.output


@pytest.mark.parametrize("form", ["sdmx-ml", "sdmx-ml-2.1", "sdmx-json"])
def test_everything_is_exported_in_each_form(form: str, tmp_path: Path) -> None:
    """With names in one language if one is asked for."""
    whole, one_language = tmp_path / "whole", tmp_path / "kk"

    assert _run("structure", "export", "--format", form, "--out", str(whole)).exit_code == 0
    assert (
        _run(
            "structure", "export", "--format", form, "--language", "kk", "--out", str(one_language)
        ).exit_code
        == 0
    )
    assert "Money laundering" in whole.read_text(encoding="utf-8")
    assert "Money laundering" not in one_language.read_text(encoding="utf-8")


def test_maps_are_exported_apart_and_not_in_a_form_without_a_place_for_them(tmp_path: Path) -> None:
    """Nothing is left out without a word."""
    out = tmp_path / "maps"

    assert _run("structure", "export", "--maps", "--out", str(out)).exit_code == 0
    assert b"RepresentationMap" in out.read_bytes()
    refusal = _refusal("structure", "export", "--maps", "--format", "sdmx-ml-2.1", "--out", str(out))
    assert isinstance(refusal, Invalid)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("structure", "show", "NO_SUCH"), NotFound),
        (("codelist", "show", "NO_SUCH"), NotFound),
        (("codelist", "show", "CL_AREA", "--language", "fr"), Invalid),
        (("template", "NO_SUCH", "--out", "/dev/null"), NotFound),
        (("template", "R33_A", "--language", "fr", "--out", "/dev/null"), Invalid),
        (("template", "INDICATOR", "--out", "/dev/null"), Invalid),
        (("template", "R33_A", "--out", "/no/such/folder/x.xlsx"), Unavailable),
    ],
)
def test_a_refusal_says_what_to_do(words: tuple[str, ...], kind: type[NodeError]) -> None:
    """Unknown ids, languages the node does not speak, places that cannot be written."""
    refusal = _refusal(*words)

    assert isinstance(refusal, kind)
    assert refusal.hint
