"""Chains of vintages and sets of audiences, judged by an attacker that shares no code with what it judges.

The attacker reads the released tables alone, adds codes up by itself, and is told which cells did not change.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_models.disclosure.attacks.exposed import Budget, Exposed
from risk_models.disclosure.attacks.unions import judging
from risk_models.disclosure.ledger.changes import changes
from risk_models.disclosure.ledger.held import held
from risk_models.disclosure.ledger.joined import Joined, joined
from risk_models.disclosure.ledger.released import Released, Revision
from risk_models.disclosure.linear.attack import Need, outsider
from risk_models.disclosure.linear.system import System
from risk_models.disclosure.suppression import Problem, Unprotectable, suppress
from tests.support.attacker import Key, Reader, families, released_table, with_margins

SEEDS = st.integers(0, 10**9)
N = 3
DIMENSIONS = ("AREA", "METHOD", "CHANNEL")
# a hierarchy of areas beside two flat lists; `a` has one part more than `b`
AREAS = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b", "a": "W", "b": "W"}
METHODS = dict.fromkeys(("m1", "m2", "m3"), "T")
CHANNELS = dict.fromkeys(("c1", "c2"), "T")
PARENTS = {"AREA": AREAS, "METHOD": METHODS, "CHANNEL": CHANNELS}
LEAVES = list(product(("a1", "a2", "a3", "b1", "b2"), METHODS, CHANNELS))
ALL = ("W", "T", "T")
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = Budget(10**9)


@dataclass
class Chain:
    """What a member released so far, and what its readers have."""

    released: list[Released] = field(default_factory=list)
    true_values: list[dict[Key, int]] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    waited: int = 0
    held: int = 0


def some_table(rng: random.Random) -> dict[Key, int]:
    """Counts in two linked tables, by method and by channel: many small ones, some of them zero."""
    return linked({key: rng.choice([0, 0, 1, 1, 2, 4, 6, 11]) for key in LEAVES})


def linked(inner: dict[Key, int]) -> dict[Key, int]:
    """Either table with its margins; they share what stands at the whole of both facets."""
    every = with_margins(inner, [AREAS, METHODS, CHANNELS])
    return {key: value for key, value in every.items() if "T" in key[1:]}


def revised(values: dict[Key, int], rng: random.Random) -> dict[Key, int]:
    """A later vintage: records are added to a few cells, some of them very few."""
    inner = {key: rng.choice([1, 1, 2, 3, 7]) for key in rng.sample(LEAVES, rng.randint(1, 3))}
    added = linked(inner)
    return {key: value + added.get(key, 0) for key, value in values.items()}


def system_of(values: dict[Key, int]) -> System:
    """The cells in the order of their keys, and every sum along either dimension."""
    keys = sorted(values)
    place = {key: number for number, key in enumerate(keys)}
    lines = [
        {place[whole]: -1} | {place[part]: 1 for part in parts}
        for position, dimension in enumerate(DIMENSIONS)
        for whole, parts in families(keys, position, PARENTS[dimension])
    ]
    return System.of([values[key] for key in keys], lines)


def a_release(values: dict[Key, int], number: int, hidden: npt.NDArray[np.bool_] | None = None) -> Released:
    """A release that hides the small counts, or what is given; small counts need a width of n."""
    small = np.array([0 < values[key] < N for key in sorted(values)])
    needs = tuple(Need(int(cell), width=N) for cell in np.flatnonzero(small))
    shown = ~(small if hidden is None else hidden)
    return Released(f"v{number}", "FLOW", tuple(sorted(values)), system_of(values), shown, needs=needs)


def problem_of(union: Joined) -> Problem:
    """What suppression is asked: zeros, the total of all and what was shown before stay shown."""
    cells, last = union.system.cells, union.releases[-1]
    hidden = union.hidden
    fixed = union.fixed | (union.system.values == 0)
    fixed[union.place(len(union.releases) - 1, last.cell(ALL))] = True
    return Problem(
        system=union.system,
        needs=union.open_needs,
        hidden=hidden,
        fixed=fixed & ~hidden,
        costs=np.maximum(1, union.system.values),
        units=np.arange(cells),
        attackers=(outsider(cells, union.signed),),
    )


def covered(chain: Chain, values: dict[Key, int]) -> Released | None:
    """The next release with its cover; None if it has to wait."""
    candidate = a_release(values, len(chain.released))
    vintages = [*chain.released, candidate]
    small = [
        Revision(change.earlier, len(chain.released), change.key)
        for change in changes(vintages)
        if abs(change.after - change.before) < N
    ]
    union = joined(vintages, [*chain.revisions, *small])
    if len(union.open_needs) < len(union.needs):
        return None  # a cell that was withheld is shown, or the other way round
    try:
        pattern = suppress(problem_of(union))
    except Unprotectable as refusal:
        chain.held += len(held(union, refusal.cells))
        return None
    shown = ~pattern.hidden[union.places[-1]]
    chain.revisions += small
    return replace(candidate, shown=shown)


def a_chain(rng: random.Random, vintages: int) -> Chain:
    """Vintages of one table; those that would leak wait, and the next one is tried."""
    chain = Chain()
    values = some_table(rng)
    for _ in range(vintages):
        release = covered(chain, values)
        if release is None:
            chain.waited += 1
        else:
            chain.released.append(release)
            chain.true_values.append(values)
        values = revised(values, rng)
    return chain


def reader_of(chain: Chain) -> Reader:
    """An attacker with all vintages, who knows which cells did not change."""
    reader = Reader(whole_numbers=True)
    for release, values in zip(chain.released, chain.true_values, strict=True):
        withheld = [key for key, shown in zip(release.keys, release.anyone, strict=True) if not shown]
        reader.reads(
            released_table(DIMENSIONS, values, withheld),
            DIMENSIONS,
            PARENTS,
            names=lambda key, values=values: (key, values[key]),
        )
    return reader


@given(SEEDS)
@QUICK
def test_no_small_count_and_no_small_difference_is_narrowed(seed: int) -> None:
    """With every vintage in hand, a small count is open by n or more, and a revision by less than n is open."""
    chain = a_chain(random.Random(seed), 3)
    reader = reader_of(chain)

    for values in chain.true_values:
        for key, value in values.items():
            if 0 < value < N:
                lower, upper = reader.interval((key, value))
                assert upper - lower >= N, (key, value)
    for revision in chain.revisions:
        ends = [(number, revision.key) for number in (revision.later, revision.earlier)]
        later, earlier = ((key, chain.true_values[number][key]) for number, key in ends)
        lower, upper = reader.interval({later: 1, earlier: -1})
        assert upper - lower >= 1, revision


@given(SEEDS)
@QUICK
def test_the_audit_of_a_union_finds_what_the_attacker_finds(seed: int) -> None:
    """Two vintages, each hidden at random: the attacks fail exactly where the attacker narrows a small count."""
    rng = random.Random(seed)
    first = some_table(rng)
    chain = Chain()
    for number, values in enumerate((first, revised(first, rng))):
        hidden = np.array([0 < values[key] < N or rng.random() < 0.4 for key in sorted(values)])
        chain.released.append(a_release(values, number, hidden))
        chain.true_values.append(values)
    union = joined(chain.released)
    reader = reader_of(chain)

    verdict = judging(MANY)(Exposed.of(union))

    narrowed = 0
    for need in union.needs:
        number = next(number for number, places in enumerate(union.places) if need.cell in places)
        key = chain.released[number].keys[int(np.flatnonzero(union.places[number] == need.cell)[0])]
        lower, upper = reader.interval((key, chain.true_values[number][key]))
        narrowed += upper - lower < N
    assert verdict.narrowed == narrowed


@given(SEEDS)
@QUICK
def test_views_that_nest_add_nothing_to_the_most_privileged_one(seed: int) -> None:
    """Recipients whose views withhold more than the master view learn nothing by colluding."""
    rng = random.Random(seed)
    values = some_table(rng)
    release = covered(Chain(), values)
    if release is None:
        return
    less = {
        f"P{peer}": release.shown & (np.array([rng.random() for _ in release.keys]) < 0.7)
        for peer in range(3)
    }

    verdict = judging(MANY)(Exposed.of(joined([replace(release, views=less)])))

    assert (verdict.determined, verdict.narrowed) == (0, 0)


@given(SEEDS)
@QUICK
def test_the_union_does_not_depend_on_how_it_is_asked_for(seed: int) -> None:
    """The same releases give the same system, bit for bit, and every cell keeps its true value."""
    rng = random.Random(seed)
    values = some_table(rng)
    releases = [a_release(values, 0), a_release(revised(values, rng), 1)]
    one, other = joined(releases), joined(list(releases))

    assert one.system.values.tolist() == other.system.values.tolist()
    assert one.system.equations() == other.system.equations()
    for number, release in enumerate(releases):
        assert one.system.values[one.places[number]].tolist() == release.system.values.tolist()


def test_the_random_chains_reach_every_outcome() -> None:
    """Vintages are released, revised by little, and made to wait: a guard on these tests."""
    chains = [a_chain(random.Random(seed), 3) for seed in range(6)]

    assert any(len(chain.released) == 3 for chain in chains)
    assert any(chain.revisions for chain in chains)
    assert any(chain.waited for chain in chains)
    assert any(chain.held for chain in chains)
