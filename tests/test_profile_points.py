"""Points of a profile: what they carry, and that binning them again changes nothing that matters."""

import numpy as np
import pandas as pd
import pytest
from book_support import AS_OF, Desk, position
from test_profile_build import from_profile, random_book

from cohortiv.comovement import comovement
from cohortiv.engine import connect
from cohortiv.profile import LiquidationProfile, points_of, profile_of_points, with_points
from cohortiv.profile.points import POINT_COLUMNS, whole_numbers
from cohortiv.volatility import critical_volatility_of, line_book

MONEY = ["positions", "notional_cents", "collateral_cents"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path_factory.mktemp("desk"), connect(threads=2))


@pytest.fixture(scope="module")
def profile(desk: Desk) -> LiquidationProfile:
    """Isolated and cross positions in three symbols on two venues, some unleveraged."""
    return desk.solve(random_book(5, 3_000, cross=True)).profile().profile


def some_points(count: int, *, seed: int, second_share: float = 0.1) -> pd.DataFrame:
    """Made-up points: skewed weights, lines on both sides, some past their line and some without one."""
    rng = np.random.default_rng(seed)
    distance = rng.choice([-1.0, 1.0], count) * np.exp(rng.normal(-2.0, 1.0, count))
    distance[: count // 50] = 0.0
    distance[count // 50 : count // 20] = np.nan
    return pd.DataFrame(
        {
            "as_of": AS_OF, "venue": "v", "symbol": "BTC", "product": "perpetual", "side": "long",
            "tier": rng.choice([5, 10], count), "reading": 0, "weight": np.exp(rng.normal(8, 2, count)),
            "collateral": np.exp(rng.normal(6, 2, count)), "distance": distance,
            "second_distance": np.where(rng.random(count) < second_share, -distance, np.nan), "positions": 1.0,
        }
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("mass", [0.05, 0.15, 0.3])
@pytest.mark.parametrize(("second_share", "tolerance"), [(0.0, 1e-6), (0.1, 1e-5)])
def test_the_index_of_points_is_that_of_their_profile(
    seed: int, mass: float, second_share: float, tolerance: float
) -> None:
    """To one in a million; to one in a hundred thousand where a tenth has second lines, kept by their mean alone."""
    points = some_points(20_000, seed=seed, second_share=second_share)
    book = line_book(points["weight"], points["distance"], second_distances=points["second_distance"])
    exact = critical_volatility_of(book, critical_mass=mass).value
    made = profile_of_points(points, comovement=comovement())
    assert from_profile(made, mass) == pytest.approx(exact, rel=tolerance)


def test_points_and_back_keep_money_counts_and_index(profile: LiquidationProfile) -> None:
    """Binned again, every total is the same to the cent and the index to one in a million."""
    again = with_points(profile, points_of(profile))
    assert list(again.cells[MONEY].sum()) == list(profile.cells[MONEY].sum())
    assert from_profile(again, 0.15) == pytest.approx(from_profile(profile, 0.15), rel=1e-6)
    assert again.origin == profile.origin


def test_what_is_not_leveraged_stays(profile: LiquidationProfile) -> None:
    """Unleveraged cells are not made of points."""
    again = with_points(profile, points_of(profile).iloc[:0])
    pd.testing.assert_frame_equal(again.cells, profile.cells[profile.cells["tier"] == 0].reset_index(drop=True))


def test_one_position_is_one_point(desk: Desk) -> None:
    """A long of 1 BTC at 10x: 60,000 USD of notional and 6,000 of collateral, ln(54,221.1055 / 60,000) away."""
    points = points_of(desk.solve([position()]).profile().profile)
    assert len(points) == 1
    row = points.iloc[0]
    assert (row["weight"], row["collateral"], row["positions"], row["tier"]) == (60_000.0, 6_000.0, 1.0, 10)
    assert row["distance"] == pytest.approx(np.log(54_221.1055 / 60_000), rel=1e-6)
    assert (row["mark_low"], row["mark_high"]) == (60_000.0, 60_000.0)


def test_flags_travel_with_the_money(desk: Desk) -> None:
    """Half of the notional on the venue's own lines stays half of it."""
    rows = [position(account_id="a", liquidation_price=50_000.0), position(account_id="b", liquidation_price=None)]
    profile = desk.solve(rows).profile().profile
    again = with_points(profile, points_of(profile))
    assert again.cells["supplied_cents"].sum() == pytest.approx(profile.cells["supplied_cents"].sum())
    assert profile.cells["supplied_cents"].sum() == 6_000_000


def test_what_is_flagged_throughout_stays_so() -> None:
    """Also where rounding to whole cents has moved the money of a cell."""
    cells = profile_of_points(some_points(500, seed=3).assign(estimated=1.0), comovement=comovement()).cells
    assert (cells["estimated_cents"] == cells["collateral_cents"]).all()


def test_no_points_make_an_empty_profile() -> None:
    """It has no cells and nothing leveraged."""
    made = profile_of_points(some_points(100, seed=1).iloc[:0], comovement=comovement())
    assert made.cells.empty
    assert made.leveraged_notional_usd == 0.0
    assert points_of(made).empty


def test_points_without_a_column_are_refused() -> None:
    """The message names what is missing and what is needed."""
    with pytest.raises(ValueError, match=r"got points without tier, weight; allowed are tables with as_of, venue"):
        profile_of_points(some_points(3, seed=1).drop(columns=["weight", "tier"]), comovement=comovement())


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_bad_weights_are_counted(value: float) -> None:
    """Negative, missing and infinite weights are refused with their number."""
    points = some_points(10, seed=1)
    points.loc[:1, "weight"] = value
    with pytest.raises(ValueError, match="got 2 of 10 values of weight"):
        profile_of_points(points, comovement=comovement())


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0.5, 0.5], [1.0, 0.0]), ([0.2, 1.9, 0.9], [0.0, 2.0, 1.0]), ([3.0, 4.0], [3.0, 4.0]), ([], [])],
    ids=str,
)
def test_whole_numbers_keep_their_total(values: list[float], expected: list[float]) -> None:
    """The largest remainders are rounded up until the rounded total is met."""
    assert whole_numbers(np.array(values, dtype=float)).tolist() == expected


def test_every_point_column_is_there(profile: LiquidationProfile) -> None:
    """What a profile gives is what a profile can be made of."""
    assert set(POINT_COLUMNS) <= set(points_of(profile).columns)
