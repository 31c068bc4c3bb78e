"""Projections as tables: concentration over tiers, and the weights of products."""

import pandas as pd
import pytest
from outlook_support import EDGES, history, only, small

from cohortiv.distribution.outlook_tables import concentration_bands, product_bands
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
