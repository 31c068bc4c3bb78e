"""Projections as tables: concentration over tiers, weights of products, cases, and the steps of a change."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from outlook_support import EDGES, history, only, small

from cohortiv.distribution.attribution import Attribution
from cohortiv.distribution.cases import Case, CaseDraws
from cohortiv.distribution.outlook_tables import case_bands, change_steps, concentration_bands, product_bands
from cohortiv.distribution.projection import Projection, project

ALONE = tuple((edge,) for edge in EDGES)


@pytest.fixture(scope="module")
def projection() -> Projection:
    """All strands, at three dates."""
    return project(history(), small(), n_dates=3)


def test_concentration_by_hand_at_the_snapshot(projection: Projection) -> None:
    """Share at 10x or more and HHI of the last period."""
    now = concentration_bands(projection, ALONE).set_index("measure")["now"]
    mix = history().iloc[-1].to_numpy()
    assert now["share_at_10x_or_more"] == pytest.approx(mix[2:].sum())
    assert now["hhi"] == pytest.approx((mix**2).sum())
    assert set(now.index) == {"share_at_10x_or_more", "hhi", "gini"}


def test_bands_rise_from_low_to_high(projection: Projection) -> None:
    """For each measure."""
    bands = concentration_bands(projection, ALONE)
    assert (bands["low"] <= bands["median"]).all()
    assert (bands["median"] <= bands["high"]).all()


def test_ranges_count_as_one_tier(projection: Projection) -> None:
    """Two tiers together have the square of their sum."""
    now = concentration_bands(projection, ((2.0, 5.0), (10.0,), (20.0, 50.0))).set_index("measure")["now"]
    mix = history().iloc[-1].to_numpy()
    expected = (mix[0] + mix[1]) ** 2 + mix[2] ** 2 + (mix[3] + mix[4]) ** 2
    assert now["hhi"] == pytest.approx(expected)
    assert now["share_at_10x_or_more"] == pytest.approx(mix[2:].sum())


def test_products_begin_with_their_shares_now(projection: Projection) -> None:
    """And have a band at the target date."""
    bands = product_bands(projection).set_index("product")
    assert bands["now"]["perpetual"] == pytest.approx(0.6)
    assert bands["low"]["perpetual"] <= bands["median"]["perpetual"] <= bands["high"]["perpetual"]
    assert len(bands) == 2


def test_without_adoption_there_are_no_products() -> None:
    """The columns are there all the same."""
    found = product_bands(project(history(), small(**only("history")), n_dates=2))
    assert isinstance(found, pd.DataFrame)
    assert found.empty
    assert {"now", "low", "median", "high"} <= set(found.columns)


def test_a_case_is_held_against_the_whole_draw_by_draw() -> None:
    """Two points higher in every draw is a difference of two points without an error."""
    whole, none = np.linspace(20.0, 40.0, 101), np.zeros(101)
    rule = small().regulation.scenarios[1]
    cases = [
        CaseDraws(Case("strands", "History alone", small(), frozenset({"history"})), whole, none, none),
        CaseDraws(Case("regulation", "10x", small(), small().enabled, rule), whole + 2.0, none + 0.1, none),
    ]
    rows = case_bands(cases, whole, as_of=dt.date(2026, 7, 1), to=dt.date(2026, 9, 30))
    assert rows["change"].tolist() == pytest.approx([0.0, 2.0])
    assert rows["error"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)
    assert rows["probability"].isna().tolist() == [True, False]
    assert (rows["cap"][1], rows["left"][1]) == ("10x from 2026-08-01", pytest.approx(0.1))


def test_an_infinite_median_has_no_difference() -> None:
    """A difference from infinity means nothing."""
    never = np.full(11, np.inf)
    case = CaseDraws(Case("strands", "History alone", small(), frozenset()), never, np.zeros(11), np.zeros(11))
    row = case_bands([case], np.ones(11), as_of=dt.date(2026, 7, 1), to=dt.date(2026, 9, 30)).iloc[0]
    assert np.isnan(row["change"])
    assert row["median"] == np.inf


def test_steps_lead_from_today_to_the_median() -> None:
    """Strands that act, then distances; each begins where the one before it ended."""
    parts = {"history": 3.0, "adoption": -1.0, "regulation": 0.0}
    split = Attribution(30.0, 32.0, parts, dict.fromkeys(parts, 0.1))  # type: ignore[arg-type]
    mix = np.full(11, 32.0)
    steps = change_steps(split, acting=("history", "adoption", "distances"), mix=mix, whole=mix + 1.5)
    assert steps["name"].tolist() == ["Today", "History", "Adoption of products", "Distances", "Median then"]
    assert (steps["end"] - steps["start"]).tolist() == pytest.approx([30.0, 3.0, -1.0, 1.5, 33.5])
    assert steps["start"].tolist()[2:4] == pytest.approx([33.0, 32.0])
