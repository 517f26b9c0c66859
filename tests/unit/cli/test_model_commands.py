"""`irac model …`: usable in a script, without a node."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from node.cli import build_app
from node.errors import Invalid, NotFound, TooLarge
from node.services import composites

AXES = ("threat", "vulnerability", "consequence")
HEADER = "REF_AREA," + ",".join(f"{axis}_{end}" for axis in AXES for end in ("lower", "upper"))
TABLE = f"{HEADER}\nA,62,62,45,45,58,58\nC,55,55,62,78,35,35\n"
SPECIFICATION = """
id = "own"
version = "1.0.0"
[[indicators]]
id = "x"
[[steps]]
do = "normalise"
method = "minmax"
"""


def run(*words: str) -> Result:
    """Run one command."""
    return CliRunner().invoke(build_app(), ["model", *words])


@pytest.fixture
def own(tmp_path: Path) -> tuple[str, Path]:
    """A specification of one's own, and a table for it."""
    (tmp_path / "own.toml").write_text(SPECIFICATION, encoding="utf-8")
    (tmp_path / "own.csv").write_text("unit;x\na;1\nb;3\n", encoding="utf-8")
    return str(tmp_path / "own.toml"), tmp_path / "own.csv"


def test_the_packaged_composites_are_listed_and_shown() -> None:
    """With digests; the card in a language."""
    listed = json.loads(run("list", "--json").output)

    assert {"country_risk_1", "human_development_2021"} <= {one["id"] for one in listed}
    assert "country_risk_1 1.0.0: Composite risk, version 1" in run("list").output
    assert "  steps: clip, aggregate" in run("check", "country_risk_1").output
    assert "# Сводный риск, версия 1" in run("card", "country_risk_1").output
    assert json.loads(run("card", "country_risk_1", "--json").output)["risk"] == "medium"


def test_scores_are_printed_as_csv(own: tuple[str, Path]) -> None:
    """Semicolons are read as well as commas."""
    shown = run("run", own[0], str(own[1]))

    assert shown.exit_code == 0
    assert list(csv.reader(io.StringIO(shown.output))) == [
        ["unit", "x", "x_RANK"],
        ["a", "0", "2"],
        ["b", "100", "1"],
    ]


def test_scores_and_every_step_are_written(own: tuple[str, Path], tmp_path: Path) -> None:
    """As Parquet where the file says so; the digest is printed."""
    out, steps = tmp_path / "scores.parquet", tmp_path / "steps"
    shown = run("run", own[0], str(own[1]), "--out", str(out), "--steps", str(steps))

    assert "sha256:" in shown.output
    assert pq.read_table(out).column("x").to_pylist() == ["0", "100"]
    assert sorted(file.name for file in steps.iterdir()) == ["00_table.parquet", "01_normalise.parquet"]


def test_a_workbook_gives_the_same_digest_as_its_csv(own: tuple[str, Path], tmp_path: Path) -> None:
    """Another sheet, the header in the third row."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Scores")
    for row in (["A title"], [], ["unit", "x"], ["a", 1], ["b", 3.0]):
        sheet.append(row)
    book.save(tmp_path / "own.xlsx")
    words = ("--sheet", "Scores", "--header", "3", "--json")
    by_book = json.loads(run("run", own[0], str(tmp_path / "own.xlsx"), *words).output)

    assert (
        by_book["result_digest"]
        == json.loads(run("run", own[0], str(own[1]), "--json").output)["result_digest"]
    )


def test_intervals_give_intervals(tmp_path: Path) -> None:
    """G5: C is between 52.712712 and 57.782526; its rank is open."""
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    found = json.loads(run("run", "country_risk_1", str(tmp_path / "t.csv"), "--json").output)["results"]

    assert (found[1]["risk_LOWER"], found[1]["risk_UPPER"]) == ("52.712712", "57.7825263")
    assert (found[1]["risk_RANK_BEST"], found[1]["risk_RANK_WORST"], found[1]["risk_GRADE"]) == (
        "1",
        "2",
        "B",
    )


def test_a_score_is_explained_in_the_language_asked_for(tmp_path: Path) -> None:
    """Names of the specification; every step with --json."""
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    words = ("explain", "country_risk_1", str(tmp_path / "t.csv"), "C")

    assert "C: 52,7\N{EN DASH}57,8, уровень «высокий»." in run(*words).output
    assert "withheld and entered as intervals: Vulnerability." in run(*words, "--language", "en").output
    document = json.loads(run(*words, "--json").output)
    assert document["trace"]["table"]["vulnerability"] == "62..78"
    assert isinstance(run(*words, "--language", "fr").exception, Invalid)


def test_what_the_choices_do_to_the_ranks_is_said(tmp_path: Path) -> None:
    """Two sets of weights, two means: eight runs with both ends of the cells would be twelve."""
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    shown = run("sensitivity", "country_risk_1", str(tmp_path / "t.csv"))

    assert "over 12 runs" in shown.output
    assert "aggregation: first order" in shown.output
    assert "  A: 1 (1 to 2)" in shown.output


def test_all_weights_say_which_ranks_a_unit_takes(tmp_path: Path) -> None:
    """G6: B is first under 56 % of the weights, A never last in the middle."""
    axes = {"t": (62, 70, 55, 40), "v": (45, 60, 72, 80), "c": (58, 50, 35, 20)}
    rows = [["unit", *axes], *([unit, *values] for unit, *values in zip("ABCD", *axes.values(), strict=True))]
    (tmp_path / "t.csv").write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    indicators = "".join(f'[[indicators]]\nid = "{name}"\n' for name in axes)
    group = '[[groups]]\nid = "risk"\ninputs = ["t", "v", "c"]\n[[steps]]\ndo = "aggregate"\n'
    (tmp_path / "m.toml").write_text(f'id = "m"\nversion = "1"\n{indicators}{group}', encoding="utf-8")
    shown = run("weights", str(tmp_path / "m.toml"), str(tmp_path / "t.csv")).output

    assert "B: score 50 to 70, central ranks 1 to 3, first under 0.560606061" in shown


def test_inputs_that_repeat_one_another_are_named() -> None:
    """HDR 2001: schooling and the others; each weight beside its effect."""
    file = str(Path(__file__).parents[2] / "conformance" / "published" / "tai_2001.csv")
    shown = run("audit", "technology_achievement_2001", file)
    document = json.loads(run("audit", "technology_achievement_2001", file, "--json").output)

    assert "tai: creation weight 0.25, effect 0." in shown.output
    assert "say the same" not in shown.output
    assert {one["group"] for one in document["pairs"]} >= {"tai", "creation"}


@pytest.mark.parametrize(
    ("words", "error", "why"),
    [
        (("check", "no_such"), Invalid, "'no_such' is none of"),
        (("check", "no_such.toml"), NotFound, "no_such.toml"),
        (("run", "country_risk_1", "no_such.csv"), NotFound, "no_such.csv"),
        (("run", "country_risk_1", "README.md"), Invalid, "does not end in .csv, .xlsx, .parquet"),
    ],
)
def test_what_is_not_there_is_refused_in_words(words: tuple[str, ...], error: type, why: str) -> None:
    """No traceback."""
    refused = run(*words).exception

    assert isinstance(refused, error)
    assert why in str(refused)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("t.csv", b"a,b\n1\n", "row 2 has more or fewer cells"),
        ("t.csv", b"\xff", "Byte 0"),
        ("t.xlsx", b"no book", "t.xlsx"),
        ("t.parquet", b"PAR1", "t.parquet"),
    ],
)
def test_a_broken_table_is_refused_in_words(name: str, content: bytes, why: str) -> None:
    """The refusal names the file or the place."""
    with pytest.raises(Invalid, match=why):
        composites.read_table(name, content)


def test_a_table_over_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Size before content."""
    monkeypatch.setattr(composites, "MOST_TABLE_BYTES", 3)

    with pytest.raises(TooLarge):
        composites.read_table("t.csv", b"unit,x\n")
