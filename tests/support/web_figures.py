"""A small federation with figures of every kind: exact, zero, withheld, not shared, and a faulty file."""

from __future__ import annotations

from pathlib import Path

from node.ports.submissions import UploadMode
from node.services import indicators, submit, sync
from node.services.members import peer_codes
from tests.support.described import fill_register
from tests.support.federation import SUBMITTER, Nodes, release_rows, trade, write_csv

HOSTILE_NAME = "flows <b onmouseover=alert(1)> & 'co'.csv"
HOSTILE_VALUE = "<img src=x onerror=alert(1)>"


def fill(nodes: Nodes, folder: Path) -> None:
    """KZ and BY report the trade of a corridor, KZ suspicious flows; RU shares ratings, nothing on corridors."""
    years = ("2011", "2012")
    release_rows(
        nodes, "KZ", "DECLARED_FLOW",
        [trade("KZ", "BY", "OUT", "100.50", year) for year in years] + [trade("KZ", "RU", "OUT", "0", "2012")],
        folder,
    )  # fmt: skip
    release_rows(
        nodes, "BY", "DECLARED_FLOW", [trade("BY", "KZ", "IN", "250", year) for year in years], folder
    )
    release_rows(nodes, "KZ", "SUSPICIOUS_FLOW", suspicious("KZ"), folder)
    ratings = [
        {"TIME_PERIOD": "2023", "REF_AREA": "RU", "FATF_ITEM": item, "OBS_VALUE": value}
        for item, value in (("R.1", "C"), ("R.2", "PC"), ("IO.1", "SE"))
    ]
    release_rows(nodes, "RU", "FATF_RATING", ratings, folder)
    fill_register(nodes, title=HOSTILE_VALUE)
    for _ in range(2):
        for code in nodes.contexts:
            for peer in peer_codes(nodes[code], nodes.clock.now()):
                sync.sync_peer(nodes[code], peer, holder="test", now=nodes.clock.now())
            indicators.recompute(nodes[code], nodes.clock.now())
    faulty = [
        trade("KZ", "RU", "OUT", "-5", "2013"),
        trade("KZ", "BY", "OUT", HOSTILE_VALUE, "2013"),
        trade("KZ", "BY", "IN", "5", "2013"),
    ]
    _upload(nodes, folder, faulty, HOSTILE_NAME)
    _upload(nodes, folder, [trade("KZ", "RU", "OUT", "77", "2014")], "waiting.csv")


def _upload(nodes: Nodes, folder: Path, rows: list[dict[str, str]], name: str) -> None:
    file = write_csv(folder / "uploaded.csv", rows)
    submit.upload(
        nodes["KZ"], SUBMITTER, file, file_name=name, dataflow_id="DECLARED_FLOW",
        mode=UploadMode.APPEND, now=nodes.clock.now(),
    )  # fmt: skip


def suspicious(reporter: str) -> list[dict[str, str]]:
    """Six reports to BY by three entities are exact; a single one to RU is withheld, and with it all countries."""
    rows = [(f"A-{place}", f"S-{place}", f"bank-{place % 3}", "BY", "1000") for place in range(6)]
    rows.append(("B-1", "S-9", "bank-1", "RU", "5000"))
    return [
        {
            "REPORT_ID": report,
            "SUBJECT_ID": subject,
            "REPORTING_ENTITY": entity,
            "BEGIN_DATE": "2012-02-01",
            "END_DATE": "2012-02-03",
            "REF_AREA": reporter,
            "COUNTERPART_AREA": counterpart,
            "FLOW_DIRECTION": "OUT",
            "METHOD": "",
            "CHANNEL": "BANK_TRANSFER",
            "PREDICATE": "DCO17",
            "ENTITY_TYPE": "FI01",
            "N_TXN": "1",
            "AMOUNT": amount,
            "CURRENCY": "USD",
        }
        for report, subject, entity, counterpart, amount in rows
    ]
