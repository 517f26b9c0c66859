"""Cuts the demo's upload files out of public data sets: `python -m node.demo.preparation --source DIR`.

Invariants: the same source gives the same bytes, in the publisher's own order; a value is translated (a code,
a date, a unit) or left exactly as published, never repaired, so that the node's checks meet real dirt;
every row of a member that is left out is counted. `data/NOTICE.md` is written by hand: source, terms, counts.

DIR holds one folder for each data set: `fincen_files`, `uncomtrade_cis`, `wb_bilateral_remittances_2018`,
`fatf_ratings` and `codelists` (ISO 3166-1). Only maintainers run this; the demo reads the files it wrote.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

Row = tuple[str, ...]

FLOW_RECORD = (
    "REPORT_ID", "SUBJECT_ID", "REPORTING_ENTITY", "BEGIN_DATE", "END_DATE", "REF_AREA", "COUNTERPART_AREA",
    "FLOW_DIRECTION", "METHOD", "CHANNEL", "N_TXN", "AMOUNT", "CURRENCY",
)  # fmt: skip
DECLARED_FLOW = (
    "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", "FLOW_KIND", "PRODUCT", "CURRENCY",
    "OBS_VALUE",
)  # fmt: skip
FATF_RATING = ("TIME_PERIOD", "REF_AREA", "FATF_ITEM", "OBS_VALUE")

AREAS_CSV = "codelists/iso3166_1.csv"
FLOWS_CSV = "fincen_files/download_transactions_map.csv"
TRADE_CSV = "uncomtrade_cis/HS{product}_cis_1988_2012.csv.gz"
REMITTANCES_CSV = "wb_bilateral_remittances_2018/Bilateralremittancematrix2018Oct2019.csv"
RATINGS_CSV = "fatf_ratings/fatf_4th_round_ratings_20260323.csv"

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Export and Import only: Comtrade counts re-exports in exports and re-imports in imports already.
TRADE_DIRECTIONS = {"1": "IN", "2": "OUT"}
WORLD_PARTNER = "0"
REMITTANCE_YEAR = "2018"
MILLION = 1_000_000
FATF_ITEMS = {f"IO{n}": f"IO.{n}" for n in range(1, 12)} | {f"R.{n}": f"R.{n}" for n in range(1, 41)}

# World Bank names that are neither the ISO nor the CLDR English name of the area.
WORLD_BANK_NAMES = {
    "Bahamas, The": "BS", "Congo, Dem. Rep.": "CD", "Congo, Rep.": "CG", "Cote d'Ivoire": "CI",
    "Curacao": "CW", "Czech Republic": "CZ", "Egypt, Arab Rep.": "EG", "Faeroe Islands": "FO",
    "Gambia, The": "GM", "Hong Kong SAR, China": "HK", "Iran, Islamic Rep.": "IR", "Korea, Dem. Rep.": "KP",
    "Korea, Rep.": "KR", "Kyrgyz Republic": "KG", "Lao PDR": "LA", "Macao SAR, China": "MO",
    "Micronesia, Fed. Sts.": "FM", "Slovak Republic": "SK", "St. Kitts and Nevis": "KN",
    "St. Martin (French part)": "MF", "St. Vincent and the Grenadines": "VC", "Turkey": "TR",
    "Venezuela, RB": "VE", "Virgin Islands (U.S.)": "VI", "West Bank and Gaza": "PS", "Yemen, Rep.": "YE",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One state of the demo and the names under which the sources know it."""

    ref_area: str
    alpha3: str
    fatf_name: str


MEMBERS = (
    Member("AM", "ARM", "Armenia"),
    Member("AZ", "AZE", "Azerbaijan"),
    Member("BY", "BLR", "Belarus"),
    Member("KG", "KGZ", "Kyrgyzstan"),
    Member("KZ", "KAZ", "Kazakhstan"),
    Member("MD", "MDA", "Moldova"),
    Member("RU", "RUS", "Russia"),
    Member("TJ", "TJK", "Tajikistan"),
    Member("TM", "TKM", "Turkmenistan"),
    Member("UZ", "UZB", "Uzbekistan"),
)
MEMBER_AREAS = frozenset(member.ref_area for member in MEMBERS)


@dataclass(frozen=True, slots=True)
class Extract:
    """One file for each member: its rows by reporter, and how many source rows were left out, by reason."""

    file_name: str
    columns: Row
    rows: dict[str, list[Row]] = field(default_factory=lambda: {member.ref_area: [] for member in MEMBERS})
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of one published CSV file (plain or gzip), values as published."""
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8-sig")
    return csv.DictReader(io.StringIO(text, newline=""))


def areas_by_alpha3(source: Path) -> dict[str, str]:
    """ISO 3166-1 alpha-3 to alpha-2. Codes ISO has withdrawn are absent: they stay as published."""
    return {row["alpha3"]: row["alpha2"] for row in read_rows(source / AREAS_CSV)}


def areas_by_name(source: Path) -> dict[str, str]:
    """English name (ISO, CLDR, World Bank) to alpha-2. Names without a code are absent."""
    areas: dict[str, str] = {}
    for row in read_rows(source / AREAS_CSV):
        areas |= {row["name"]: row["alpha2"], row["cldr_en"]: row["alpha2"]}
    return areas | WORLD_BANK_NAMES


def iso_date(published: str) -> str:
    """'Mar 25, 2015' as '2015-03-25'; anything else, an empty date first of all, stays as published."""
    parts = published.replace(",", "").split()
    if len(parts) != 3 or parts[0] not in MONTHS:  # noqa: PLR2004 - month, day, year
        return published
    return f"{parts[2]}-{MONTHS.index(parts[0]) + 1:02d}-{int(parts[1]):02d}"


def dollars(published_millions: str) -> str:
    """Millions of USD as exact decimal text in USD, no exponent; raises InvalidOperation on a non-number."""
    return f"{Decimal(published_millions) * MILLION:f}"


def suspicious_flows(source: Path) -> Extract:
    """FinCEN Files transactions as FLOW_RECORD: a member's own side of every flow across its border."""
    extract = Extract("suspicious_flows.csv", FLOW_RECORD)
    areas = areas_by_alpha3(source)
    for published in read_rows(source / FLOWS_CSV):
        payer, payee = (
            areas.get(code, code) for code in (published["originator_iso"], published["beneficiary_iso"])
        )
        if payer == payee:
            extract.left_out[payer, "domestic flows"] += 1
            continue
        for ref_area, counterpart_area, direction in ((payer, payee, "OUT"), (payee, payer, "IN")):
            if ref_area in MEMBER_AREAS:
                extract.rows[ref_area].append(_flow_record(published, ref_area, counterpart_area, direction))
    return extract


def _flow_record(published: dict[str, str], ref_area: str, counterpart_area: str, direction: str) -> Row:
    """One FLOW_RECORD row. The public file names no subject: one subject for each report is assumed."""
    report = published["icij_sar_id"]
    return (
        f"SAR-{report}",
        f"SUBJ-{report}",
        published["filer_org_name_id"],
        iso_date(published["begin_date"]),
        iso_date(published["end_date"]),
        ref_area,
        counterpart_area,
        direction,
        "",
        "BANK_TRANSFER",
        published["number_transactions"],
        published["amount_transactions"],
        "USD",
    )


def declared_trade(source: Path) -> Extract:
    """UN Comtrade HS 27 and HS 44 as DECLARED_FLOW: what each member reported, by partner."""
    extract = Extract("declared_trade.csv", DECLARED_FLOW)
    areas = areas_by_alpha3(source)
    for product in ("27", "44"):
        for published in read_rows(source / TRADE_CSV.format(product=product)):
            reporter, partner = published["Reporter ISO"], published["Partner ISO"]
            ref_area, direction = (
                areas.get(reporter, reporter),
                TRADE_DIRECTIONS.get(published["Trade Flow Code"]),
            )
            if ref_area not in MEMBER_AREAS:
                continue
            if published["Partner Code"] == WORLD_PARTNER:
                extract.left_out[ref_area, "World totals"] += 1
            elif direction is None:
                extract.left_out[ref_area, "re-exports, re-imports"] += 1
            else:
                key = (published["Year"], ref_area, areas.get(partner, partner), direction)
                row = (*key, "TRADE", f"HS{product}", "USD", published["Trade Value (US$)"])
                extract.rows[ref_area].append(row)
    return extract


def declared_remittances(source: Path) -> Extract:
    """World Bank remittance matrix as DECLARED_FLOW: a sender's row gives OUT, a receiver's column gives IN.

    Zeros are kept between members only; a state's own cell is not a flow across a border.
    """
    extract = Extract("declared_remittances.csv", DECLARED_FLOW)
    areas = areas_by_name(source)
    for published in read_rows(source / REMITTANCES_CSV):
        (_, sender_name), *cells = published.items()
        sender = areas.get(sender_name, sender_name)
        for receiver_name, millions in cells:
            receiver = areas.get(receiver_name, receiver_name)
            if sender != receiver:
                _add_remittance(extract, sender, receiver, "OUT", millions)
                _add_remittance(extract, receiver, sender, "IN", millions)
    return extract


def _add_remittance(
    extract: Extract, ref_area: str, counterpart_area: str, direction: str, millions: str
) -> None:
    if ref_area not in MEMBER_AREAS:
        return
    if millions == "0" and counterpart_area not in MEMBER_AREAS:
        extract.left_out[ref_area, "zero cells"] += 1
        return
    key = (REMITTANCE_YEAR, ref_area, counterpart_area, direction, "REMITTANCE", "_Z", "USD")
    extract.rows[ref_area].append((*key, dollars(millions)))


def fatf_ratings(source: Path) -> Extract:
    """FATF fourth-round ratings as FATF_RATING: each member's latest row, the consolidated one if any."""
    extract = Extract("fatf_ratings.csv", FATF_RATING)
    reports = tuple(read_rows(source / RATINGS_CSV))
    for member in MEMBERS:
        own = [report for report in reports if report["jurisdiction"] == member.fatf_name]
        latest = max(own, key=lambda report: (report["report_type"] == "MER+FUR(s)", report["report_date"]))
        extract.left_out[member.ref_area, "other reports"] += len(own) - 1
        year = latest["report_date"][:4]
        extract.rows[member.ref_area] += [
            (year, member.ref_area, item, latest[column]) for column, item in FATF_ITEMS.items()
        ]
    return extract


EXTRACTS: tuple[Callable[[Path], Extract], ...] = (
    suspicious_flows,
    declared_trade,
    declared_remittances,
    fatf_ratings,
)


def prepare(source: Path) -> tuple[Extract, ...]:
    """The four extracts of the data sets in `source`; raises FileNotFoundError naming a missing one."""
    return tuple(extract(source) for extract in EXTRACTS)


def files(extracts: tuple[Extract, ...]) -> dict[str, bytes]:
    """Path below the data folder ('KZ/declared_trade.csv') to bytes; a member without rows has no file."""
    return {
        f"{ref_area}/{extract.file_name}": _csv_bytes(extract.columns, rows)
        for extract in extracts
        for ref_area, rows in extract.rows.items()
        if rows
    }


def _csv_bytes(columns: Row, rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue().encode("utf-8")


def summary(extracts: tuple[Extract, ...]) -> str:
    """The Markdown table of `data/NOTICE.md`: rows written and source rows left out, for each member."""
    left_out = Counter[tuple[str, str]]()
    for extract in extracts:
        left_out += extract.left_out
    reasons = ("domestic flows", "World totals", "re-exports, re-imports", "zero cells", "other reports")
    names = [extract.file_name for extract in extracts] + [f"left out: {reason}" for reason in reasons]
    lines = ["| member | " + " | ".join(names) + " |", "| --- |" + " ---: |" * len(names)]
    for ref_area in sorted(MEMBER_AREAS):
        counts = [len(extract.rows[ref_area]) for extract in extracts]
        counts += [left_out[ref_area, reason] for reason in reasons]
        lines.append(f"| {ref_area} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Write every file anew and print the table that `data/NOTICE.md` must carry."""
    parser = argparse.ArgumentParser(prog="python -m node.demo.preparation", description=main.__doc__)
    parser.add_argument("--source", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument(
        "--into", type=Path, default=Path(__file__).with_name("data"), help="where the files go"
    )
    chosen = parser.parse_args(arguments)
    extracts = prepare(chosen.source)
    for path, content in files(extracts).items():
        target = chosen.into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    sys.stdout.write(summary(extracts))


if __name__ == "__main__":
    main()
