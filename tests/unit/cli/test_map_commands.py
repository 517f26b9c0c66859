"""`irac map …`: usable in a script, without a node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from node.cli import build_app
from node.errors import NotFound
from schemas.errors import UnknownDefinition

HEADER = """id = "KZ_OWN"
version = "1.0.0"
area = "KZ"
national_list = "KZ_ARTICLES"
shared_list = "CL_PREDICATE"
shared_version = "1.0.0"
proposed_by = "aigul"
approved_by = "bolat"
approved_at = 2026-03-01
"""


def run(*words: str) -> Result:
    """Run one command."""
    return CliRunner().invoke(build_app(), ["map", *words])


def own_map(folder: Path, entries: str, name: str = "own") -> str:
    """Write a member's own map; give the path of its header."""
    (folder / f"{name}.toml").write_text(HEADER, encoding="utf-8")
    (folder / f"{name}.csv").write_text(f"code,relation,shared,ru\n{entries}", encoding="utf-8")
    return str(folder / f"{name}.toml")


def test_the_list_names_every_packaged_map() -> None:
    """As text and as JSON."""
    assert "KZ_PREDICATE" in run("list").output
    listed = json.loads(run("list", "--json").output)

    assert {"KZ_PREDICATE", "RU_PREDICATE", "BY_PREDICATE"} <= {one["id"] for one in listed}
    assert not any(one["approved"] for one in listed)


def test_a_map_is_shown_in_a_language() -> None:
    """Each line with its label and where it goes; the digest is what is approved."""
    shown = run("show", "KZ_PREDICATE", "--language", "kk")

    assert shown.exit_code == 0
    assert "188 broad DCO15: Ұрлық" in shown.output
    assert "218 none _X" in shown.output
    document = json.loads(run("show", "KZ_PREDICATE", "--json").output)
    assert document["digest"] in shown.output
    assert len(document["entries"]) == len(shown.output.splitlines()) - 2


def test_an_unknown_map_is_refused() -> None:
    """The entry point turns the refusal into words and exit status 2."""
    assert isinstance(run("show", "KZ_NOTHING").exception, UnknownDefinition)


def test_a_sound_map_ends_with_status_zero(tmp_path: Path) -> None:
    """A member's own files, approved by another person."""
    checked = run("check", own_map(tmp_path, "1,broad,DCO15,Кража\n"))

    assert (checked.exit_code, checked.output.splitlines()[-1]) == (0, "sound")


def test_every_fault_is_printed_with_its_line_and_status_one(tmp_path: Path) -> None:
    """In the chosen language, and as JSON with the same message."""
    faulty = own_map(tmp_path, "1,broad,DCO15,\n1,broad,DCO09,\n2,broad,DCO99,\n")

    checked = run("check", faulty, "--language", "ru")
    document = json.loads(run("check", faulty, "--language", "ru", "--json").output)

    assert checked.exit_code == 1
    assert "error: line 2, shared: Величина кода «1» была бы учтена целиком несколько раз" in checked.output
    assert "error: line 4, shared: Кода «DCO99» нет в общем списке CL_PREDICATE." in checked.output
    assert [fault["rule"] for fault in document["faults"]] == ["map.double_counting", "map.shared_unknown"]
    assert not document["sound"]


def test_two_coders_who_disagree_end_with_status_one(tmp_path: Path) -> None:
    """Half alike by chance alone is a kappa of zero."""
    first = own_map(tmp_path, "1,broad,DCO15,\n2,broad,DCO09,\n", "first")
    second = own_map(tmp_path, "1,broad,DCO15,\n2,broad,DCO15,\n", "second")

    checked = run("check", first, "--second", second, "--json")

    assert checked.exit_code == 1
    assert json.loads(checked.output)["kappa"] == "0.0000"
    assert "kappa of the two coders: 0.0000" in run("check", first, "--second", second).output


def test_a_national_list_shows_the_gaps(tmp_path: Path) -> None:
    """One code a line."""
    (tmp_path / "codes.csv").write_text("1\n2\n", encoding="utf-8")

    checked = run("check", own_map(tmp_path, "1,none,,\n"), "--codes", str(tmp_path / "codes.csv"))

    assert checked.exit_code == 1
    assert "“2” has no entry" in checked.output


@pytest.mark.parametrize(("other", "status"), [(10, 0), (11, 1)])
def test_coverage_below_nine_tenths_ends_with_status_one(tmp_path: Path, other: int, status: int) -> None:
    """90 of 100 is enough, 90 of 101 is not; the mapped table is written either way."""
    figures, out = tmp_path / "figures.csv", tmp_path / "mapped.csv"
    figures.write_text(f"ARTICLE,OBS_VALUE\n1,90\n2,{other}\n", encoding="utf-8")
    words = ["coverage", own_map(tmp_path, "1,broad,DCO15,\n"), str(figures), "--column", "ARTICLE"]

    covered = run(*words, "--out", str(out))

    assert covered.exit_code == status
    assert f"  unmapped 2: {other}" in covered.output
    assert json.loads(run(*words, "--json").output)[0]["sufficient"] is (status == 0)
    assert out.read_text(encoding="utf-8").splitlines()[1:] == [
        "DCO15,90,90,90,A,0", f"_X,{other},{other},{other},A,0",
    ]  # fmt: skip


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    """No traceback reaches a person."""
    refused = run("check", str(tmp_path / "absent.toml"))

    assert isinstance(refused.exception, NotFound)
    assert "absent.toml" in refused.exception.detail
