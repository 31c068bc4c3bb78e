"""What a report shows of a leverage usage: sums over safe cells, and concentration without single accounts."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, TIMES, book, unleveraged, write

from cohortiv.assessment import Assessment, Settings, assess, read_cohort
from cohortiv.disclosure import DisclosureRule
from cohortiv.distribution.concentration import STATISTICS, Concentration
from cohortiv.distribution.effective import UNKNOWN
from cohortiv.distribution.usage import DIMENSIONS, SHARE_COLUMNS
from cohortiv.publication import OTHER, publish
from cohortiv.published_usage import EFFECTIVE_COLUMNS, PublishedUsage, publish_usage, published_concentration

pytestmark = ENGINE_WARNINGS
RULE = DisclosureRule()


def assessed(
    folder: Path, frame: pd.DataFrame, *, for_report: bool = True, usage: bool = True, as_of: str | None = None
) -> Assessment:
    """Result of a book with its usage."""
    settings = Settings(positions=write(folder, frame), as_of=as_of)
    return assess(settings, read_cohort(settings, for_report=for_report, usage=usage, say=lambda _: None))


def shown(folder: Path, frame: pd.DataFrame, *, for_report: bool = True, as_of: str | None = None) -> PublishedUsage:
    """What is shown of a book."""
    result = assessed(folder, frame, for_report=for_report, as_of=as_of)
    found = publish_usage(result)
    assert found is not None
    return found


def figures(sizes: Sequence[float], accounts: int | None = None) -> Concentration:
    """Concentration of accounts of some sizes, without bands of any width."""
    shares = np.sort(np.asarray(sizes, dtype=float))[::-1] / sum(sizes)
    hhi = float((shares**2).sum())
    tops = {f"top_{k}": float(shares[:k].sum()) for k in (1, 10, 100)}
    values = {"gini": 0.7349, "hhi": hhi, "effective_accounts": 1 / hhi, "high_leverage_share": 0.4401} | tops
    frame = pd.DataFrame({"statistic": list(STATISTICS), "value": [values[name] for name in STATISTICS]})
    frame = frame.assign(low=frame["value"], high=frame["value"])
    return Concentration(frame, pd.DataFrame(), accounts or len(sizes), 10.0, 0.9, 100)


def told(found: Concentration, *, high_told: bool = True) -> dict[str, float]:
    """Published values by statistic."""
    frame = published_concentration(found, RULE, high_told=high_told)
    return dict(zip(frame["statistic"], frame["value"], strict=True))


def test_the_largest_account_is_never_told() -> None:
    """Also where everything else is."""
    values = told(figures([1.0] * 400))
    assert math.isnan(values.pop("top_1"))
    assert not any(math.isnan(value) for value in values.values())


def test_shares_are_rounded_outward_and_the_rest_to_two_digits() -> None:
    """Bands of shares widen; Gini has two decimals, HHI two digits."""
    frame = published_concentration(figures(np.linspace(1, 3, 437).tolist()), RULE)
    rows = {name: found for name, *found in frame.itertuples(index=False)}
    assert rows["top_10"] == [0.04, 0.03, 0.04]
    assert rows["high_leverage_share"] == [0.44, 0.44, 0.45]
    assert rows["gini"] == [0.73] * 3
    assert (rows["hhi"][0], rows["effective_accounts"][0]) == (0.0025, 400.0)


def test_a_group_that_one_account_dominates_is_withheld() -> None:
    """One of 60 % of the ten largest: neither their share nor HHI is told; the hundred largest are."""
    values = told(figures([100.0] + [5.0] * 9 + [2.0] * 300))
    assert math.isnan(values["top_10"])
    assert math.isnan(values["hhi"])
    assert math.isnan(values["effective_accounts"])
    assert values["top_100"] == pytest.approx(0.44)


def test_few_accounts_beside_a_group_withhold_it() -> None:
    """Of 105 accounts the hundred largest would tell the other five."""
    values = told(figures([1.0] * 105))
    assert math.isnan(values["top_100"])
    assert values["top_10"] == pytest.approx(0.10)


def test_most_of_the_accounts_say_nothing_of_concentration() -> None:
    """The hundred largest of forty, and the ten largest of nineteen, are left out; ten of forty are told."""
    assert math.isnan(told(figures([1.0] * 40))["top_100"])
    assert math.isnan(told(figures([1.0] * 19))["top_10"])
    assert told(figures([1.0] * 40))["top_10"] == 0.25


def test_high_leverage_is_told_as_far_as_tiers_are() -> None:
    """A range over the edge would have to be split."""
    assert math.isnan(told(figures([1.0] * 40), high_told=False)["high_leverage_share"])


def test_shares_add_up_to_the_whole(tmp_path: Path) -> None:
    """Every dimension holds all notional and all positions once."""
    found = shown(tmp_path, book(200, symbols=("BTC", "BTC", "ETH", "SOL")))
    sums = found.shares.groupby("dimension")[["notional_share", "position_share"]].sum()
    assert tuple(found.shares.columns) == SHARE_COLUMNS
    assert set(sums.index) == set(DIMENSIONS)
    assert sums.to_numpy() == pytest.approx(1.0)


def test_no_row_has_too_few_accounts(tmp_path: Path) -> None:
    """Thin tiers, venues and symbols are merged away."""
    frame = book(120, symbols=("BTC",) * 30 + ("ETH", "SOL"), leverages=(2.0, 3.0, 5.0, 10.0, 15.0, 20.0))
    line = frame["mark_price"] * np.where(frame["side"] == "long", 0.7, 1.3)
    frame = frame.assign(venue=["okx"] * 4 + ["bybit"] * 12 + ["binance"] * 104, liquidation_price=line)
    found = shown(tmp_path, frame)
    assert found.shares["accounts"].min() >= 10
    assert set(found.shares.loc[found.shares["dimension"] == "venue", "value"]) <= {"binance", "bybit", "other"}
    assert found.effective["positions"].min() >= 10


def test_tiers_and_sides_are_those_of_the_report(tmp_path: Path) -> None:
    """Nothing follows from one table that the other does not tell."""
    result = assessed(tmp_path, book(200, symbols=("BTC", "BTC", "ETH", "SOL")))
    publication = publish(result)
    found = publish_usage(result)
    assert found is not None
    for dimension, column in (("tier", "tier"), ("side", "side")):
        table = publication.tier_rows.groupby(column)["notional_usd"].sum()
        rows = found.shares[found.shares["dimension"] == dimension].set_index("value")
        assert rows["notional_usd"].to_dict() == pytest.approx(table.to_dict())


def test_a_symbol_that_is_told_is_told_as_a_whole(tmp_path: Path) -> None:
    """Not only what the tables of tiers tell of it."""
    frame = book(240, symbols=("BTC", "BTC", "ETH", "SOL"), leverages=(2.0, 3.0, 5.0, 10.0, 20.0))
    result = assessed(tmp_path, frame)
    found, usage = publish_usage(result), result.reading.usage
    assert found is not None
    assert usage is not None
    true = usage.shares[usage.shares["dimension"] == "symbol"].set_index("value")["notional_usd"]
    rows = found.shares[found.shares["dimension"] == "symbol"].set_index("value")["notional_usd"]
    named = rows.drop(OTHER, errors="ignore")
    assert len(named)
    assert named.to_dict() == pytest.approx(true[named.index].to_dict())


def test_history_is_told_by_the_same_rule(tmp_path: Path) -> None:
    """Rounded like the figures, without the largest account; a snapshot with too few accounts is missing."""
    times = TIMES[:2]
    late = book(60, times=times[1:])
    frame = pd.concat([book(60, times=times[:1]).head(5), late], ignore_index=True)
    found = shown(tmp_path, frame, as_of="2026-02-11")
    assert found.history[list(STATISTICS)].iloc[0].isna().all()
    assert math.isnan(found.history["accounts"].iloc[0])
    last = found.history.iloc[1]
    assert math.isnan(last["top_1"])
    assert last["gini"] == round(last["gini"], 2)


def test_density_is_fitted_to_what_is_shown(tmp_path: Path) -> None:
    """Its tiers are the published ranges."""
    found = shown(tmp_path, book(200))
    tiers = found.shares[found.shares["dimension"] == "tier"]
    assert found.by_capital.tiers["tier_floor"].tolist() == tiers["tier_floor"].tolist()
    assert found.by_count.tiers["observed"].tolist() == pytest.approx(tiers["position_share"].tolist())


def test_unknown_effective_leverage_is_told_as_such(tmp_path: Path) -> None:
    """Cross positions without a wallet have no range of effective tiers."""
    frame = book(60, symbols=("BTC",)).assign(margin_mode="cross", side="long", liquidation_price=30_000.0)
    found = shown(tmp_path, frame)
    assert tuple(found.effective.columns) == EFFECTIVE_COLUMNS
    assert set(found.effective["state"]) == {UNKNOWN}
    assert set(found.effective["effective"]) == {""}
    assert found.known_share == 0.0
    assert found.medians["effective"].isna().all()


def test_effective_shares_add_up(tmp_path: Path) -> None:
    """Rests included."""
    frame = book(150, symbols=("BTC",)).assign(margin=lambda f: f["quantity"] * 60_000 / np.linspace(0.5, 30, 150))
    found = shown(tmp_path, frame)
    assert found.effective["share"].sum() == pytest.approx(1.0)
    assert any(label.startswith("below") for label in found.effective["effective"])


def test_the_analyst_sees_everything(tmp_path: Path) -> None:
    """Without disclosed cells nothing is merged, rounded or withheld."""
    result = assessed(tmp_path, book(60), for_report=False)
    found, usage = publish_usage(result), result.reading.usage
    assert found is not None
    assert usage is not None
    assert found.shares is usage.shares
    assert found.concentration is usage.concentration.figures
    assert tuple(found.effective.columns) == EFFECTIVE_COLUMNS


def test_without_usage_there_is_nothing_to_show(tmp_path: Path) -> None:
    """None, not an empty record."""
    result = assessed(tmp_path, book(60), usage=False)
    assert publish_usage(result) is None


@pytest.mark.parametrize("for_report", [True, False])
def test_nothing_leveraged_is_shown_empty(tmp_path: Path, for_report: bool) -> None:  # noqa: FBT001
    """Frames with their columns and no rows."""
    found = shown(tmp_path, unleveraged(book(40)), for_report=for_report)
    assert found.shares.empty
    assert tuple(found.shares.columns) == SHARE_COLUMNS
    assert tuple(found.effective.columns) == EFFECTIVE_COLUMNS
    assert found.by_capital.curve.empty


def test_shares_of_collateral_tell_no_total(tmp_path: Path) -> None:
    """Amount over share is the sum of what is shown in the dimension, also where some is withheld."""
    frame = book(200, symbols=("BTC",)).assign(quantity=0.01, side="long")
    frame["margin"] = 600.0 / frame["leverage"]
    frame.loc[frame.index[frame["leverage"] == 20.0][0], "margin"] = 2_500.0
    shares = shown(tmp_path, frame).shares
    tiers = shares[shares["dimension"] == "tier"]
    assert tiers["collateral_usd"].isna().any()
    assert tiers["collateral_share"].sum() == pytest.approx(1.0)
