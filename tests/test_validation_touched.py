"""What a profile's lines did: touched shares against plain loops, what has no prices, and the exchange's own lines."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from book_support import AS_OF, Desk, Row, position

from cohortiv.assessment.profiles import built_profile
from cohortiv.assessment.settings import Settings
from cohortiv.config.validation import OutcomeDefinition, load_outcomes
from cohortiv.engine import connect
from cohortiv.profile import LiquidationProfile
from cohortiv.sources.validation_data import read_validation_series
from cohortiv.validation.horizons import UNFINISHED
from cohortiv.validation.outcomes import Outcome
from cohortiv.validation.touched import THIN, touched_outcome

HOUR = pd.Timedelta(hours=1)
WEEK = load_outcomes().definition("touched-7d")
DAY = WEEK.model_copy(update={"horizon_days": 1.0})
MARKS = {"BTC": 60_000.0, "ETH": 3_000.0}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


def book(desk: Desk, rows: list[Row]) -> LiquidationProfile:
    """The profile of isolated positions."""
    return desk.solve(rows).profile().profile


def bars(*, low: float, high: float, symbol: str = "BTC", hours: int = 24) -> pd.DataFrame:
    """Hours at the mark, one of which went from `low` to `high`, as parts of the mark."""
    times = pd.date_range(pd.Timestamp(AS_OF) + HOUR, periods=hours, freq="h", unit="us")
    frame = pd.DataFrame({"open": 1.0, "high": 1.0, "low": 1.0}, index=times)
    frame.loc[times[hours // 2], ["high", "low"]] = [high, low]
    return frame * MARKS[symbol]


def touched(profile: LiquidationProfile, held: dict[str, pd.DataFrame], definition: OutcomeDefinition = DAY) -> Outcome:
    """The outcome of a day."""
    return touched_outcome(profile, held, definition, version="test-1", step=HOUR)


TEN_LONG, TWO_LONG = position(account_id="a"), position(account_id="b", leverage=2.0, quantity=3.0)
TEN_SHORT = position(account_id="c", side="short", quantity=2.0)


@pytest.mark.parametrize(
    ("low", "high", "share"),
    [(0.99, 1.01, 0.0), (0.89, 1.01, 1 / 6), (0.99, 1.12, 2 / 6), (0.89, 1.12, 3 / 6), (0.45, 1.12, 1.0)],
)
def test_lines_that_the_price_reaches_are_touched(desk: Desk, low: float, high: float, share: float) -> None:
    """A long at 10x is lost a tenth below, a short a tenth above, a long at 2x near half."""
    found = touched(book(desk, [TEN_LONG, TWO_LONG, TEN_SHORT]), {"BTC": bars(low=low, high=high)})
    assert found.value.tolist() == [pytest.approx(share)]


def test_an_event_is_more_than_the_critical_mass(desk: Desk) -> None:
    """One sixth is, by the shipped threshold of 15 %."""
    profile = book(desk, [TEN_LONG, TWO_LONG, TEN_SHORT])
    found = [touched(profile, {"BTC": bars(low=low, high=1.0)}).event.tolist() for low in (0.99, 0.89)]
    assert found == [[False], [True]]


def test_more_of_a_fall_touches_more(desk: Desk) -> None:
    """The share never falls as the price falls further."""
    rows = [position(account_id=str(k), leverage=float(k), quantity=1.0) for k in range(2, 30)]
    profile = book(desk, rows)
    shares = [touched(profile, {"BTC": bars(low=low, high=1.0)}).value.iloc[0] for low in np.linspace(1.0, 0.4, 25)]
    assert shares == sorted(shares)
    assert [shares[0], shares[-1]] == pytest.approx([0.0, 1.0])


def test_one_side_counts_alone(desk: Desk) -> None:
    """Of the longs all, of the shorts none."""
    profile, held = book(desk, [TEN_LONG, TEN_SHORT]), {"BTC": bars(low=0.8, high=1.0)}
    shares = [
        touched(profile, held, DAY.model_copy(update={"side": side})).value.tolist() for side in ("long", "short")
    ]
    assert shares == [[1.0], [0.0]]


def test_what_has_no_prices_is_left_out_and_counted(desk: Desk) -> None:
    """A symbol without bars is in neither side of the share, and the covered share says so."""
    ether = position(account_id="d", symbol="ETH", entry_price=3_000.0, mark_price=3_000.0, quantity=10.0)
    found = touched(book(desk, [TEN_LONG, ether]), {"BTC": bars(low=0.8, high=1.0)})
    assert found.value.tolist() == [1.0]
    assert found.frame["covered"].tolist() == [pytest.approx(2 / 3)]


def test_too_little_with_prices_is_no_outcome(desk: Desk) -> None:
    """Under half of the notional: missing, with the reason."""
    ether = position(account_id="d", symbol="ETH", entry_price=3_000.0, mark_price=3_000.0, quantity=30.0)
    found = touched(book(desk, [TEN_LONG, ether]), {"BTC": bars(low=0.8, high=1.0)})
    assert found.not_covered.to_dict() == {THIN: 1}
    assert found.event.isna().all()


def test_nothing_with_prices_is_no_outcome_whatever_is_asked_for(desk: Desk) -> None:
    """Even a definition that asks for no covered share has no value then."""
    lenient = DAY.model_copy(update={"least_covered": 0.0})
    found = touched(book(desk, [TEN_LONG]), {"ETH": bars(low=0.8, high=1.0, symbol="ETH")}, lenient)
    assert found.not_covered.to_dict() == {THIN: 1}


def test_a_book_without_leverage_has_no_outcome(desk: Desk) -> None:
    """No notional can be touched."""
    found = touched(book(desk, [position(leverage=1.0)]), {"BTC": bars(low=0.8, high=1.0)})
    assert found.value.isna().tolist() == [True]


def test_a_horizon_that_is_not_over_has_no_outcome(desk: Desk) -> None:
    """Not even if the line was touched already."""
    found = touched(book(desk, [TEN_LONG]), {"BTC": bars(low=0.8, high=1.0, hours=23)})
    assert found.not_covered.to_dict() == {UNFINISHED: 1}


def test_snapshots_have_outcomes_of_their_own(desk: Desk) -> None:
    """A day later the fall is over."""
    later = AS_OF + timedelta(days=1)
    rows = [TEN_LONG | {"as_of": moment} for moment in (AS_OF, later)]
    held = pd.concat([bars(low=0.8, high=1.0), bars(low=1.0, high=1.0).shift(24, freq="h")])
    found = touched(book_of_all(desk, rows), {"BTC": held})
    assert found.value.to_dict() == {pd.Timestamp(AS_OF): 1.0, pd.Timestamp(later): 0.0}


def book_of_all(desk: Desk, rows: list[Row]) -> LiquidationProfile:
    """The profile of several snapshots."""
    parts = [desk.solve([row], as_of=row["as_of"]).profile().profile for row in rows]
    return parts[0] + parts[1]


def test_bars_after_the_horizon_do_not_matter(desk: Desk) -> None:
    """A crash one hour after it changes nothing."""
    profile, calm = book(desk, [TEN_LONG]), bars(low=1.0, high=1.0, hours=40)
    crash = calm.copy()
    crash.iloc[24:] *= 0.1
    pd.testing.assert_frame_equal(touched(profile, {"BTC": crash}).frame, touched(profile, {"BTC": calm}).frame)


def test_only_an_outcome_of_a_profile_can_be_asked_for(desk: Desk) -> None:
    """One of liquidations is refused, as is one without bars."""
    profile = book(desk, [TEN_LONG])
    with pytest.raises(ValueError, match="got the outcome liquidated-7d of liquidations"):
        touched(profile, {"BTC": bars(low=1.0, high=1.0)}, load_outcomes().definition("liquidated-7d"))
    with pytest.raises(ValueError, match="bars of 0 symbols"):
        touched(profile, {})


def test_the_share_is_that_of_the_exchanges_own_lines(real_data: Path) -> None:
    """On real positions and prices it is that of the printed lines, counted position by position, to a thousandth."""
    file = real_data / "hl_positions_2026-02.parquet"
    moment = pd.Timestamp("2026-02-04 10:39:52")
    profile = built_profile(Settings(positions=f"hyperliquid:{file}", max_excluded=1.0, as_of=str(moment)), every=False)
    held = {
        name: read_validation_series(real_data / f"{name.lower()}usdt_perp_1h_2023-2026.csv.gz", kind="prices").frame
        for name in ("BTC", "ETH", "SOL")
    }
    rows = pd.read_parquet(file)
    rows = rows[
        (rows["snapshot_utc"].dt.tz_localize(None) == moment) & rows["coin"].isin(held) & (rows["leverage"] > 1)
    ]
    start = moment.ceil("h")
    reached = {coin: path[(path.index > start) & (path.index <= start + WEEK.horizon_days * pd.Timedelta(days=1))]
               for coin, path in held.items()}  # fmt: skip
    lowest = rows["coin"].astype("str").map({coin: path["low"].min() for coin, path in reached.items()})
    highest = rows["coin"].astype("str").map({coin: path["high"].max() for coin, path in reached.items()})
    hit = np.where(rows["side"] == "Long", rows["liquidation_px"] >= lowest, rows["liquidation_px"] <= highest)
    size = rows["position_value_usd"].abs()
    assert touched(profile, held, WEEK).value.iloc[0] == pytest.approx((size * hit).sum() / size.sum(), abs=1e-3)
