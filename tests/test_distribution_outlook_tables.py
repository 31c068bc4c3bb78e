"""Projections as tables: bands by tier, concentration, products and scenarios."""

import numpy as np
import pandas as pd
import pytest
from outlook_support import EDGES, history, only, small

from cohortiv.distribution.outlook_tables import concentration_bands, product_bands, scenario_bands, tier_bands
from cohortiv.distribution.projection import Projection, project


@pytest.fixture(scope="module")
def projection() -> Projection:
    """All strands, at three dates."""
    return project(history(), small(), n_dates=3)


def test_bands_are_quantiles_of_the_draws(projection: Projection) -> None:
    """Of one tier at one date."""
    bands = tier_bands(projection)
    row = bands[(bands["date"] == projection.dates[-1]) & (bands["tier"] == 10.0)]
    expected = np.quantile(projection.draws[:, 2], [0.05, 0.5, 0.95])
    assert row[["low", "median", "high"]].to_numpy()[0] == pytest.approx(expected)


def test_bands_hold_each_tier_at_each_date(projection: Projection) -> None:
    """Means sum to 1, and there is no spread yet at the snapshot."""
    bands = tier_bands(projection)
    assert len(bands) == 3 * len(EDGES)
    assert bands.groupby("date")["mean"].sum().to_numpy() == pytest.approx(np.ones(3))
    now = bands[bands["date"] == projection.dates[0]]
    assert now["low"].to_numpy() == pytest.approx(now["high"].to_numpy())


def test_concentration_by_hand_at_the_snapshot(projection: Projection) -> None:
    """Share at 10x or more and HHI of the last period."""
    bands = concentration_bands(projection)
    now = bands[bands["date"] == projection.dates[0]].set_index("measure")["median"]
    mix = history().iloc[-1].to_numpy()
    assert now["share_at_10x_or_more"] == pytest.approx(mix[2:].sum())
    assert now["hhi"] == pytest.approx((mix**2).sum())
    assert set(now.index) == {"share_at_10x_or_more", "hhi", "gini"}


def test_products_have_bands(projection: Projection) -> None:
    """The shares now at the snapshot."""
    bands = product_bands(projection).set_index(["date", "product"])["median"]
    assert bands[(projection.dates[0], "perpetual")] == pytest.approx(0.6)
    assert len(bands) == 6


def test_scenarios_stand_side_by_side(projection: Projection) -> None:
    """Shares of draws sum to 1, and a cap leaves less above it."""
    bands = scenario_bands(projection)
    assert bands.drop_duplicates("scenario")["draw_share"].sum() == pytest.approx(1.0)
    above = bands[bands["tier"] == 50.0].set_index("scenario")
    assert above["median"].idxmin() == "10x"
    assert above["left"].idxmin() == "none"


@pytest.mark.parametrize("table", [product_bands, scenario_bands])
def test_strands_that_do_not_act_give_empty_tables(table: object) -> None:
    """With their columns."""
    assert callable(table)
    found = table(project(history(), small(**only("history")), n_dates=2))
    assert isinstance(found, pd.DataFrame)
    assert found.empty
    assert {"low", "median", "high"} <= set(found.columns)
