"""The demo's data files are what the public data sets say, cut by stated rules, defects included.

Expected values come from the publications themselves (read by eye, or their own totals), and from small files
written by hand in the publishers' layouts; never from running the preparation.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from node.demo import preparation

ROOT = Path(__file__).parents[3]
DATA = ROOT / "node" / "demo" / "data"
SOURCE = ROOT.parent / "shared" / "data"
COLUMNS = {
    "suspicious_flows.csv": (
        "REPORT_ID,SUBJECT_ID,REPORTING_ENTITY,BEGIN_DATE,END_DATE,REF_AREA,COUNTERPART_AREA,"
        "FLOW_DIRECTION,METHOD,CHANNEL,N_TXN,AMOUNT,CURRENCY"
    ),
    "declared_trade.csv": (
        "TIME_PERIOD,REF_AREA,COUNTERPART_AREA,FLOW_DIRECTION,FLOW_KIND,PRODUCT,CURRENCY,OBS_VALUE"
    ),
    "declared_remittances.csv": (
        "TIME_PERIOD,REF_AREA,COUNTERPART_AREA,FLOW_DIRECTION,FLOW_KIND,PRODUCT,CURRENCY,OBS_VALUE"
    ),
    "fatf_ratings.csv": "TIME_PERIOD,REF_AREA,FATF_ITEM,OBS_VALUE",
}
COMMITTED = sorted(DATA.glob("*/*"))

needs_source = pytest.mark.skipif(
    not SOURCE.is_dir(), reason="the public data sets are not beside the checkout"
)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; a row with too many or too few cells fails."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


@pytest.fixture
def small_source(tmp_path: Path) -> Path:
    """A few rows in each publisher's layout, written by hand."""
    trade = (
        "Year,Trade Flow Code,Reporter ISO,Partner Code,Partner ISO,Trade Value (US$)\n"
        "2005,2,KAZ,0,WLD,900\n"  # a total
        "2005,2,KAZ,643,RUS,500\n"
        "2005,3,KAZ,643,RUS,100\n"  # a re-export
        "2005,1,KAZ,891,SCG,40\n"  # a code ISO has withdrawn
        "2005,1,KAZ,899,,7\n"  # areas not elsewhere specified
        "2005,2,RUS,398,KAZ,3\n"
        "2005,2,AUS,398,KAZ,8\n"
    )
    ratings = [f"IO{n}" for n in range(1, 12)] + [f"R.{n}" for n in range(1, 41)]
    reports = [
        (member.fatf_name, kind, date, *codes)
        for member in preparation.MEMBERS
        for kind, date, codes in (
            ("MER", "2018-12-01 00:00:00", ["ME"] * 11 + ["PC"] * 40),
            ("MER+FUR(s)", "2024-11-01 00:00:00", ["SE"] * 11 + ["LC"] * 39 + [""]),
            ("FUR", "2024-11-01 00:00:00", ["HE"] * 11 + ["C"] * 40),
        )
    ]
    texts = {
        "codelists/iso3166_1.csv": (
            "alpha2,alpha3,name,cldr_en\nKZ,KAZ,Kazakhstan,Kazakhstan\nLV,LVA,Latvia,Latvia\n"
            "RU,RUS,Russian Federation,Russia\nTR,TUR,Türkiye,Türkiye\n"
        ),
        "fincen_files/download_transactions_map.csv": (
            "icij_sar_id,filer_org_name_id,begin_date,end_date,originator_iso,beneficiary_iso,"
            "number_transactions,amount_transactions\n"
            '2354,a-bank,"Dec 3, 2010","Dec 29, 2010",KAZ,LVA,3,1.835522694E7\n'
            "7,b-bank,,,XYZ,KAZ,,88.03\n"
            '8,b-bank,"Jan 1, 2011","Jan 1, 2011",KAZ,KAZ,1,5\n'
            '9,b-bank,"Mar 2, 2012","Mar 1, 2012",RUS,KAZ,1,10\n'
        ),
        "wb_bilateral_remittances_2018/Bilateralremittancematrix2018Oct2019.csv": (
            ",Kazakhstan,Russian Federation,Turkey,Kosovo\nKazakhstan,0,1866,29,0\n"
            "Russian Federation,0,0,4,0.5\nTurkey,2,27,0,0\nKosovo,0,0,N/A,0\n"
        ),
        "fatf_ratings/fatf_4th_round_ratings_20260323.csv": "".join(
            ",".join(row) + "\n"
            for row in (("jurisdiction", "report_type", "report_date", *ratings), *reports)
        ),
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "uncomtrade_cis").mkdir()
    for product, content in (("27", trade), ("44", trade.splitlines(keepends=True)[0])):
        packed = gzip.compress(content.encode())
        (tmp_path / "uncomtrade_cis" / f"HS{product}_cis_1988_2012.csv.gz").write_bytes(packed)
    return tmp_path


def test_every_member_sees_its_own_side_of_a_flow(small_source: Path) -> None:
    """The payer's state gets OUT, the payee's IN; a flow inside one member is counted, not written."""
    flows = preparation.suspicious_flows(small_source)
    assert [",".join(row) for row in flows.rows["KZ"]] == [
        "SAR-2354,SUBJ-2354,a-bank,2010-12-03,2010-12-29,KZ,LV,OUT,,BANK_TRANSFER,3,1.835522694E7,USD",
        "SAR-7,SUBJ-7,b-bank,,,KZ,XYZ,IN,,BANK_TRANSFER,,88.03,USD",
        "SAR-9,SUBJ-9,b-bank,2012-03-02,2012-03-01,KZ,RU,IN,,BANK_TRANSFER,1,10,USD",
    ]
    assert [row[5:8] for row in flows.rows["RU"]] == [("RU", "KZ", "OUT")]
    assert flows.left_out["KZ", "domestic flows"] == 1


def test_trade_leaves_out_what_is_counted_twice(small_source: Path) -> None:
    """World totals and re-exports are left out and counted; withdrawn and missing codes stay as published."""
    trade = preparation.declared_trade(small_source)
    assert trade.rows["KZ"] == [
        ("2005", "KZ", "RU", "OUT", "TRADE", "HS27", "USD", "500"),
        ("2005", "KZ", "SCG", "IN", "TRADE", "HS27", "USD", "40"),
        ("2005", "KZ", "", "IN", "TRADE", "HS27", "USD", "7"),
    ]
    assert trade.left_out == Counter({("KZ", "World totals"): 1, ("KZ", "re-exports, re-imports"): 1})


def test_remittances_keep_a_zero_between_members_only(small_source: Path) -> None:
    """Both views of a cell are written in exact USD; zeros stay between members; a state's own cell never."""
    remittances = preparation.declared_remittances(small_source)
    assert [(row[2], row[3], row[7]) for row in remittances.rows["RU"]] == [
        ("KZ", "IN", "1866000000"),
        ("KZ", "OUT", "0"),
        ("TR", "OUT", "4000000"),
        ("Kosovo", "OUT", "500000.0"),
        ("TR", "IN", "27000000"),
    ]
    assert remittances.left_out["RU", "zero cells"] == 1


def test_the_consolidated_rating_is_preferred(small_source: Path) -> None:
    """Of several reports the consolidated one is taken; a blank rating stays blank."""
    ratings = preparation.fatf_ratings(small_source).rows["TJ"]
    assert ratings[0] == ("2024", "TJ", "IO.1", "SE")
    assert ratings[-2:] == [("2024", "TJ", "R.39", "LC"), ("2024", "TJ", "R.40", "")]
    assert len(ratings) == 51


def test_main_writes_files_only_where_a_member_has_rows(
    small_source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes LF files below the folder it is given and prints the notice's table."""
    into = tmp_path / "written"
    preparation.main(["--source", str(small_source), "--into", str(into)])
    assert (into / "RU" / "declared_trade.csv").read_bytes() == (
        COLUMNS["declared_trade.csv"] + "\n2005,RU,KZ,OUT,TRADE,HS27,USD,3\n"
    ).encode()
    assert not (into / "TJ" / "declared_trade.csv").exists()
    assert "| KZ | 3 | 3 | 4 | 51 | 1 | 1 | 1 | 2 | 2 |" in capsys.readouterr().out


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_committed_file_has_the_columns_of_its_structure(path: Path) -> None:
    """Each file parses, its header is exactly the upload structure's, and every row is its member's own."""
    content = path.read_bytes()
    assert content.endswith(b"\n")
    assert b"\r" not in content
    assert content.decode("utf-8").splitlines()[0] == COLUMNS[path.name]
    rows = rows_of(path)
    assert rows
    assert {row["REF_AREA"] for row in rows} == {path.parent.name}
    assert all(None not in row and None not in row.values() for row in rows)


def test_the_files_stay_small() -> None:
    """All ten members have a folder, and the whole fits the 1.5 MB set for the demo."""
    assert {path.parent.name for path in COMMITTED} == {
        "AM",
        "AZ",
        "BY",
        "KG",
        "KZ",
        "MD",
        "RU",
        "TJ",
        "TM",
        "UZ",
    }
    assert sum(path.stat().st_size for path in COMMITTED) < 1_500_000


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_the_notice_names_source_and_terms_of_each_file(name: str) -> None:
    """NOTICE.md has a section for each file with title, publisher, licence and citation."""
    sections = (DATA / "NOTICE.md").read_text(encoding="utf-8").split("\n## ")
    (section,) = [section for section in sections if section.startswith(f"{name} ")]
    for part in ("Title", "Publisher", "Licence", "Citation", "Taken", "Left out", "Changed"):
        assert f"- **{part}:** " in section


def test_the_notice_counts_the_rows_of_every_file() -> None:
    """The first four figures of each member's line in NOTICE.md are the rows in the files."""
    for line in (DATA / "NOTICE.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells[0]) != 2 or not line.startswith("|"):
            continue
        paths = [DATA / cells[0] / name for name in COLUMNS]
        assert [int(cell) for cell in cells[1:5]] == [
            len(rows_of(path)) if path.exists() else 0 for path in paths
        ]


@needs_source
def test_regenerated_files_are_the_committed_ones() -> None:
    """The same source gives the same bytes, no file more and no file less, and the notice's very table."""
    extracts = preparation.prepare(SOURCE)
    regenerated = preparation.files(extracts)
    assert regenerated == {f"{path.parent.name}/{path.name}": path.read_bytes() for path in COMMITTED}
    assert preparation.summary(extracts) in (DATA / "NOTICE.md").read_text(encoding="utf-8")


@needs_source
def test_flows_agree_with_the_counts_kept_beside_the_publication() -> None:
    """Rows of a member plus its domestic flows are the rows counted independently from the publication."""
    counted = json.loads((SOURCE / "fincen_files" / "expected.json").read_text(encoding="utf-8"))["cis"]
    flows = preparation.suspicious_flows(SOURCE)
    for member in preparation.MEMBERS:
        written = Counter(row[7] for row in flows.rows[member.ref_area])
        domestic = flows.left_out[member.ref_area, "domestic flows"]
        published = counted.get(member.alpha3, {"n_out": 0, "n_in": 0})
        assert written["OUT"] + domestic == published["n_out"]
        assert written["IN"] + domestic == published["n_in"]


@needs_source
def test_partners_add_up_to_the_published_world_totals() -> None:
    """Written partner rows sum to Comtrade's own World row but for the publication's rounding."""
    written: Counter[tuple[str, ...]] = Counter()
    for rows in preparation.declared_trade(SOURCE).rows.values():
        for year, ref_area, _, flow_direction, _, product, _, value in rows:
            written[year, ref_area, flow_direction, product] += int(value)
    alpha2 = {member.alpha3: member.ref_area for member in preparation.MEMBERS}
    for product in ("27", "44"):
        path = SOURCE / "uncomtrade_cis" / f"HS{product}_cis_1988_2012.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                direction = {"1": "IN", "2": "OUT"}.get(row["Trade Flow Code"], "")
                if row["Partner Code"] == "0" and row["Reporter ISO"] in alpha2 and direction:
                    key = (row["Year"], alpha2[row["Reporter ISO"]], direction, f"HS{product}")
                    assert abs(written.pop(key) - int(row["Trade Value (US$)"])) < 1000
    assert not written
