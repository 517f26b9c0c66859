"""How well the rules find laundering that somebody else labelled, or that was planted; no label is read by them.

Data: IBM AMLSim's sample output of 20,000 accounts with 200 fan-in and 200 cycle alerts (Apache-2.0), and the traffic
of tests/support/laundering.py. The floors are those of docs/typologies.md. What AMLSim labels are accounts, of
which a third takes part in no payment of its alert before the simulated time ends.
"""

from __future__ import annotations

import csv
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from risk_models.typologies.detection import find
from tests.arch.source import ROOT
from tests.support.laundering import PATTERNS, Score, Traffic, laundered, planted, scores
from tests.support.transactions import packaged

AMLSIM = Path(__file__).resolve().parents[3] / "shared" / "data" / "amlsim" / "20K_fanin200cycle200"
DAYS = 150
# Alerts of this file pay less than 21 a time, and its ordinary traffic 100 or more: used to score, never to find.
LARGEST_ALERT = 2_100

needs_amlsim = pytest.mark.skipif(not AMLSIM.is_dir(), reason="AMLSim's sample is not beside this repository")


def stated() -> dict[str, dict[str, tuple[int, int]]]:
    """Read the floors from the documentation: recall and precision, in planted traffic and over AMLSim's."""
    text = (ROOT / "docs" / "typologies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \|" + r" ([0-9]+) / ([0-9]+) \|" * 2, text, re.MULTILINE)
    return {
        name: {"planted": (int(one), int(two)), "amlsim": (int(three), int(four))}
        for name, one, two, three, four in rows
    }


@cache
def amlsim() -> Traffic:
    """The sample as traffic; its accounts are persons."""
    made = Traffic(20_000, DAYS, random.Random(1))
    with (AMLSIM / "transactions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cents = round(float(row["value"]) * 100)
            made.pay(f"P{row['sourceNodeId']}", f"P{row['targetNodeId']}", int(row["time"]), cents)
    return made


@cache
def labelled() -> frozenset[str]:
    """The accounts that AMLSim marks as fraud."""
    with (AMLSIM / "nodes.csv").open(encoding="utf-8") as file:
        return frozenset(f"P{row['nodeid']}" for row in csv.DictReader(file) if row["isFraud"] == "1")


def accounts(rows: list[dict[str, Any]]) -> set[str]:
    """The accounts of payments."""
    return {row[side] for row in rows for side in ("SENDER_ID", "RECEIVER_ID")}


def found_rows(made: Traffic, detections: pa.Table) -> list[dict[str, Any]]:
    """The payments that belong to a detection."""
    return [made.rows[int(name[1:])] for name in set(detections.column("TRANSACTION_ID").to_pylist())]


def too_low(reached: dict[str, Score], where: str) -> dict[str, tuple[int, int]]:
    """The patterns below their floors."""
    floors = stated()
    assert set(floors) == set(PATTERNS)
    return {
        name: (score.recall, score.precision)
        for name, score in reached.items()
        if score.recall < floors[name][where][0] or score.precision < floors[name][where][1]
    }


@pytest.mark.parametrize(("seed", "density"), [(20, 2), (21, 4), (23, 12)])
def test_planted_patterns_are_found_as_well_as_the_documents_say(seed: int, density: int) -> None:
    """Every pattern, in thin and in dense traffic, by seeds that no parameter was chosen on."""
    made = laundered(seed, density=density, each=20)

    assert too_low(scores(made, find(made.table()).detections), "planted") == {}


@needs_amlsim
def test_patterns_planted_into_amlsims_traffic_are_found_as_well_as_the_documents_say() -> None:
    """Traffic of another maker: 20,000 accounts, thirty instances of each pattern."""
    made = Traffic(20_000, DAYS, random.Random(7), rows=list(amlsim().rows))
    alerts = frozenset(place for place, row in enumerate(made.rows) if row["AMOUNT"] < LARGEST_ALERT)
    made = planted(made, 30)
    made.planted["AMLSIM"] = [alerts]

    assert too_low(scores(made, find(made.table()).detections), "amlsim") == {}


@needs_amlsim
def test_amlsims_fan_ins_are_found_by_their_split_payments() -> None:
    """127 fan-ins of two senders or more, every account of them labelled: precision 1, 63 % of fan-in accounts."""
    made = amlsim()
    reached = accounts(found_rows(made, find(made.table(), [packaged("FAN_IN_SPLIT")]).detections))
    fan_ins = accounts([row for row in made.rows if row["AMOUNT"] < 500])

    assert len(fan_ins) == 643
    assert len(reached & labelled()) >= 0.99 * len(reached)
    assert len(reached & fan_ins) >= 0.60 * len(fan_ins)


@needs_amlsim
def test_amlsims_closed_cycles_are_found() -> None:
    """Of the cycles that come round within the simulated time, 21 of five accounts, at least 80 %, and nothing else."""
    made = amlsim()
    reached = accounts(found_rows(made, find(made.table(), [packaged("CYCLE")]).detections))

    assert len(reached & labelled()) == len(reached)
    assert len(reached) >= 0.80 * 21 * 5
