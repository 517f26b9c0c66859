"""Families A to D and F at the speed of floats: the digits are those that decimals alone would give."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pytest

from risk_models.indicators.bunching import bunching
from risk_models.indicators.cooccurrence import cooccurrence
from risk_models.indicators.diffusion import exposures
from risk_models.indicators.diversity import diversity
from risk_models.indicators.intensity import intensity, trade_intensity
from risk_models.indicators.monotone import Cells, Figures
from risk_models.indicators.network.pagerank import pagerank
from risk_models.indicators.network.strengths import disparity, hub_dependence, transit_ratio
from risk_models.indicators.novelty import novelty
from risk_models.indicators.profiles import krugman, profile_shift, profile_similarity
from risk_models.indicators.proportions import proportions
from risk_models.indicators.reciprocity import imbalance, network_reciprocity, reciprocity
from risk_models.indicators.specialisation import Margins, lq
from risk_models.indicators.volume import mean_ticket, str_yield_txn
from tests.support.certification import by_decimals, errors
from tests.support.fixture_fx4 import Z

Table = npt.NDArray[np.int64]


def drawn(seed: int) -> Table:
    """Tables of 40 by 24: sparse, ordinary, large and equal numbers, and some of money."""
    rng = np.random.default_rng(seed)
    level = np.array([0.3, 4, 60, 9000, 2e12])[np.arange(24) % 5]
    table = rng.poisson(np.broadcast_to(level, (40, 24)))
    table[:, 3] = 7
    return np.asarray(table, np.int64)


def graphs(table: Table) -> Cells:
    """Six countries, a graph for each row of the table."""
    wide = np.concatenate([table[:, :15], table[:, :15][::-1]], axis=1) % 100_000
    flows = np.zeros((6, 6, len(table)), np.int64)
    flows[~np.eye(6, dtype=np.bool_)] = wide.T
    return Cells.exact(flows)


def of_networks(table: Table) -> list[Figures]:
    """Every measure of networks that is certified."""
    flows = graphs(table)
    sent, received = flows.low.sum(axis=1), flows.low.sum(axis=0)
    partners = (flows.low > 0).sum(axis=1)
    vectors = [Cells.exact(one.ravel()) for one in (sent, received, flows.low[0], flows.low[1])]
    return [
        intensity(flows, sent, received, 100).ratio,
        pagerank(flows, Decimal("0.85"), 10).scores,
        hub_dependence(flows),
        network_reciprocity(flows),
        transit_ratio(vectors[0], vectors[1]),
        reciprocity(vectors[2], vectors[3]),
        imbalance(vectors[2], vectors[3]),
        disparity(vectors[2], vectors[3], Cells.exact(np.repeat(partners[0], 6)[: 6 * len(table)])),
        exposures(flows[:, :, 0], np.array([2, 0, 0, 2, 0, 0]), Decimal("1.2")).hazard,
        trade_intensity(vectors[2], vectors[0], vectors[1], vectors[3]),
    ]


def of_profiles(table: Table) -> list[Figures]:
    """Every measure of profiles, one column a profile."""
    one, other = Cells.exact(table), Cells.exact(table[:, ::-1])
    wholes = table.sum(axis=0), table.sum(axis=0)[::-1]
    spread, shift = diversity(one, wholes[0]), profile_shift(one, wholes[0], other, wholes[1], 1)
    margins = [np.repeat(table.sum(axis=1), 24), np.tile(wholes[0], 40), np.full(960, table.sum())]
    special = lq(Cells.exact(table.ravel()), Margins(*map(Cells.exact, margins)), Z, 5)
    return [
        *(spread.hhi, spread.shannon, spread.evenness, spread.hill_1, spread.hill_2),
        *(
            shift.half_l1,
            shift.distance,
            krugman(one, wholes[0], other, wholes[1]),
            profile_similarity(one, other),
        ),
        *(special.quotient, special.symmetric, special.confidence),
    ]


def of_counts(table: Table) -> list[Figures]:
    """Every measure of a few counts."""
    counts = [Cells.exact(table[:20, place].copy()) for place in (1, 2, 3, 6)]
    both, rest = counts[0], counts[1]
    parts = proportions(both, rest, Z, 5)
    pairs = cooccurrence(both, both.plus(rest), both.plus(counts[2]), np.full(20, 10_000))
    new = novelty(rest, both, np.array([[1] * 20, [8] * 20]), Decimal("0.5"))
    bins = bunching(counts[0], counts[1], counts[3], counts[2])
    money, number = Cells.exact(table[:, 4].copy()), Cells.exact(table[:, 2].copy())
    return [
        *(parts.share, parts.confidence, pairs.lift, pairs.pmi, pairs.npmi, pairs.jaccard),
        *(new.p, new.index, bins.ratio, bins.p_poisson),
        *(mean_ticket(money, number), str_yield_txn(number, money)),
    ]


INDICATORS: dict[str, Callable[[Table], list[Figures]]] = {
    "networks": of_networks,
    "profiles": of_profiles,
    "counts": of_counts,
}


@pytest.mark.parametrize("name", INDICATORS)
def test_decimals_alone_give_the_same_figures(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure, computed twice: by floats where they are certain, and by decimals throughout."""
    mixed = INDICATORS[name](drawn(3))
    slow = by_decimals(lambda: INDICATORS[name](drawn(3)), monkeypatch)

    for one, other in zip(mixed, slow, strict=True):
        assert one.is_defined.tolist() == other.is_defined.tolist()
        assert [one.low.texts(), one.high.texts()] == [other.low.texts(), other.high.texts()]


@pytest.mark.parametrize("name", INDICATORS)
def test_floats_stay_within_a_fifth_of_their_bound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What certification takes for granted, measured against decimals: where floats answer at all."""
    worst = errors(lambda: INDICATORS[name](drawn(4) % 10**9), monkeypatch)

    assert len(worst) > 0
    assert max(worst) < 0.2


def test_a_network_around_one_country_is_still_certified() -> None:
    """B2 where nearly all flows touch one country, so that sweeps gain little: the digits of decimals."""
    rng = np.random.default_rng(0)
    flows = rng.integers(1, 50, (6, 6, 30))
    flows[np.arange(6), np.arange(6)] = 0
    flows[0] *= 100
    flows[:, 0] *= 100
    sent, received = flows.sum(axis=1), flows.sum(axis=0)

    wide = intensity(Cells.exact(flows), sent, received, 100).expected
    close = intensity(Cells.exact(flows), sent, received, 1000).expected

    assert wide.is_defined.all()
    assert wide.low.texts() == close.low.texts()
    assert close.low.repeated > wide.low.repeated
