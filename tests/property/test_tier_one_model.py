"""The tier-1 model over random tables: withheld cells, blocks kept and computed again, the same bytes everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy._core._multiarray_umath import __cpu_dispatch__

from risk_models.model import Block, ModelInput, ModelRun, Source, load_spec, run, run_blocks, spanned
from risk_models.tier_one.groups import groups_of
from tests.arch.source import ROOT
from tests.support.tier_one import MEMBERS, METHODS, Row, bundle, cell

SPEC = load_spec("indicators_1")
PERIODS = tuple(str(year) for year in range(2008, 2018))
Withheld = dict[int, tuple[int, int]]


def rows_of(seed: int, member: str, period: str, withheld: Withheld) -> list[Row]:
    """Corridors and methods of one member and period, small counts among them; `withheld`: how far bounds are off."""
    rng = np.random.default_rng([seed, MEMBERS.index(member), int(period)])
    counts = rng.poisson(rng.choice([0.5, 4, 60], 12)).tolist()
    keys = [{"COUNTERPART_AREA": other, "METHOD": "_T"} for other in MEMBERS if other != member]
    keys += [{"COUNTERPART_AREA": "W1", "METHOD": method} for method in METHODS]
    keys += [{"COUNTERPART_AREA": "W1", "METHOD": "_T", "CHANNEL": "VA"}]
    values = [*counts[: len(keys) - 1], min(counts[len(keys) - 1], sum(counts))]
    keys.append({"COUNTERPART_AREA": "W1", "METHOD": "_T"})
    values.append(sum(counts))
    rows = []
    for at, (key, value) in enumerate(zip(keys, values, strict=True)):
        below, above = withheld.get(at, (0, 0))
        given_as = (max(value - below, 0), value + above) if at in withheld else value
        rows.append(
            cell(
                "SUSPICIOUS_FLOW", member, "N_STR", given_as, TIME_PERIOD=period, FLOW_DIRECTION="OUT", **key
            )
        )
    return rows


def bundles(
    seed: int, withheld: Withheld | None = None, periods: tuple[str, ...] = PERIODS
) -> list[ModelInput]:
    """A bundle a member and period; what is withheld is so in the newest period of the first two members."""
    return [
        bundle(
            1000 * place + at,
            "SUSPICIOUS_FLOW",
            member,
            rows_of(seed, member, period, (withheld or {}) if place < 2 and period == periods[-1] else {}),
        )
        for place, member in enumerate(MEMBERS)
        for at, period in enumerate(periods)
    ]


def sources(inputs: list[ModelInput]) -> list[Source]:
    """What is known of bundles before they are read."""
    return [
        Source(
            one.dataflow_id,
            one.originator,
            one.bundle_digest,
            spanned([str(period) for period in one.table.column("TIME_PERIOD").unique().to_pylist()]),
        )
        for one in inputs
    ]


def computed(inputs: list[ModelInput], kept: dict[str, Block]) -> tuple[ModelRun, set[str]]:
    """A run with some blocks kept, and the bundles that it read."""
    by_digest = {one.bundle_digest: one for one in inputs}
    read: set[str] = set()

    def table_of(source: Source) -> ModelInput:
        read.add(source.bundle_digest)
        return by_digest[source.bundle_digest]

    return run_blocks(SPEC, sources(inputs), table_of, kept), read


def bounds(done: ModelRun) -> dict[tuple[str, ...], tuple[Decimal, Decimal | None] | None]:
    """The bounds of every figure by key, None where it has no value."""
    key = ("INDICATOR", "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET")
    return {
        tuple(str(row[name]) for name in key): None
        if row["LOWER"] is None
        else (Decimal(row["LOWER"]), None if row["UPPER"] is None else Decimal(row["UPPER"]))
        for row in done.results.to_pylist()
    }


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 50),
    withheld=st.dictionaries(
        st.integers(0, 8), st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6
    ),
)
def test_what_exact_cells_give_is_inside_what_withheld_ones_give(seed: int, withheld: Withheld) -> None:
    """Every figure that both have: the exact value lies within the bounds; no exact figure contradicts one."""
    recent = PERIODS[-8:]
    exact, wide = (bounds(run(SPEC, bundles(seed, one, recent))) for one in ({}, withheld))

    compared = 0
    for key, interval in wide.items():
        truth = exact.get(key)
        if interval is None or truth is None:
            continue
        compared += 1
        assert interval[0] <= truth[0], key
        assert interval[1] is None or (truth[1] is not None and truth[1] <= interval[1]), key
    assert compared > 100


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 20), member=st.integers(0, 3), period=st.integers(0, 9), data=st.data())
def test_a_run_in_part_is_the_run_as_a_whole(
    seed: int, member: int, period: int, data: st.DataObject
) -> None:
    """One bundle more, superseded or taken back: kept blocks and new ones give the digest of computing everything."""
    before = bundles(seed)
    at = member * len(PERIODS) + period
    change = data.draw(st.sampled_from(["taken back", "superseded", "new"]))
    after = [one for place, one in enumerate(before) if place != at]
    if change == "superseded":
        rows = rows_of(seed + 1, MEMBERS[member], PERIODS[period], {})
        after.insert(at, bundle(7777, "SUSPICIOUS_FLOW", MEMBERS[member], rows))
    if change == "new":
        before, after = after, before

    first, _ = computed(before, {})
    kept = {block.key: block for block in first.blocks}
    again, read = computed(after, kept)
    whole, _ = computed(after, {})

    assert again.result_digest == whole.result_digest
    assert [one.digest for one in again.blocks] == [one.digest for one in whole.blocks]
    reach = {group.id: group.back for group in groups_of(SPEC.parameters)}
    for block in again.blocks:
        group, _, year = block.id.rpartition("/")
        is_touched = 0 <= int(year) - int(PERIODS[period]) <= reach[group]
        assert (block.key not in kept) == is_touched
    assert read == {digest for block in again.blocks if block.key not in kept for digest in block.inputs}


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 20), late=st.integers(0, 3), first=st.integers(4, 9), at=st.integers(0, 20))
def test_a_member_that_reports_later_is_a_counterpart_before(
    seed: int, late: int, first: int, at: int
) -> None:
    """What emerged towards it is the same figure whether its first year was computed along with it or not."""
    size = len(PERIODS)
    given_ = [
        one for place, one in enumerate(bundles(seed)) if place // size != late or place % size >= first
    ]
    whole, _ = computed(given_, {})
    emerging = [block for block in whole.blocks if block.id.startswith("emergence/") and block.rows]
    alone = emerging[at % len(emerging)]

    again, _ = computed(given_, {block.key: block for block in whole.blocks if block is not alone})

    assert {one.id: one.digest for one in again.blocks} == {one.id: one.digest for one in whole.blocks}


def test_nothing_is_read_where_nothing_changed() -> None:
    """The same bundles again: every block is kept, and no bundle is opened."""
    given_ = bundles(3)
    first, _ = computed(given_, {})

    again, read = computed(given_, {block.key: block for block in first.blocks})

    assert (again.result_digest, read) == (first.result_digest, set())


def test_the_order_of_the_bundles_decides_nothing() -> None:
    """The same bundles backwards."""
    given_ = bundles(4)

    assert run(SPEC, given_[::-1]).result_digest == run(SPEC, given_).result_digest


def digest_of_process(**settings_: str) -> str:
    """The digest of a run in a process of its own."""
    code = (
        "from tests.property.test_tier_one_model import SPEC, bundles; from risk_models.model import run; "
        "print(run(SPEC, bundles(5)).result_digest)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings_},
        check=True,
        capture_output=True,
        text=True,
    )
    return finished.stdout.strip()


@pytest.mark.parametrize(
    "settings_",
    [
        {"NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__)},
        {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"},
        {"OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4", "ARROW_NUM_THREADS": "4"},
    ],
    ids=["without vector units", "one thread", "four threads"],
)
def test_every_processor_and_thread_count_gives_the_same_digest(settings_: dict[str, str]) -> None:
    """Other vector units compute other last bits of floats, and the published digits are the same."""
    assert digest_of_process(**settings_) == run(SPEC, bundles(5)).result_digest
