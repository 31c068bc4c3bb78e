"""What a profile's own lines did: the share of leveraged notional whose line the price touched within the horizon."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.config.validation import OutcomeDefinition
from cohortiv.liquidation import MARKET, PAST
from cohortiv.profile.liquidation_profile import LiquidationProfile
from cohortiv.validation.horizons import COVERED, horizons
from cohortiv.validation.outcomes import Outcome, labelled, past_threshold

#: The symbol whose moves are the market's.
MARKET_SYMBOL: Final = "BTC"
THIN: Final = "prices for too little of the notional"


def touched_outcome(
    profile: LiquidationProfile,
    bars: Mapping[str, pd.DataFrame],
    definition: OutcomeDefinition,
    *,
    version: str,
    step: pd.Timedelta,
) -> Outcome:
    """Share of each snapshot's leveraged notional whose liquidation line the price touched within the horizon.

    Parameters
    ----------
    profile : LiquidationProfile
        Of any number of dated snapshots.
    bars : mapping of str to DataFrame
        Of each symbol, by the bar's end: open, high, low [USD].
    definition : OutcomeDefinition
        Of the source "profile".
    version : str
        Name of the file that it is from.
    step : Timedelta
        Length of the bars.

    Returns
    -------
    Outcome
        By snapshot; NaN where the horizon is not over, or less than `least_covered` of the notional has prices.
        Its frame also has covered: share of the notional with prices [1].

    Raises
    ------
    ValueError
        If the definition is not of a profile, no snapshot is dated, or there are no bars.

    Notes
    -----
    A line below the mark is touched if the lowest price in the horizon is at it or under, a line above likewise. The
    distance is measured from the snapshot's own mark; where a market-wide line has no mark, from the first bar's open.
    This is what the model says of its cohort, realised: no margin is added and no position closed early. Positions
    whose symbol has no prices are left out of both sides of the share.
    """
    times = pd.DatetimeIndex(profile.snapshots)
    if definition.source != "profile" or times.empty or not bars:
        raise ValueError(
            f"got the outcome {definition.name} of {definition.source}, {len(times)} snapshots and bars of {len(bars)} "
            "symbols; allowed is an outcome of a profile, dated snapshots and bars of at least one symbol"
        )
    horizon = pd.Timedelta(days=definition.horizon_days)
    moves = pd.concat(
        {symbol: _extremes(held, times, horizon=horizon, step=step) for symbol, held in bars.items()},
        names=["moving", "as_of"],
    )
    shares = _shares(_points(profile, definition.side), _from_mark(moves, profile))
    values = _covered(shares.reindex(times), moves, definition=definition)
    threshold = past_threshold(values, times, rule=definition.event)
    made = labelled(values, threshold, definition, version=version, unit="1", base="leveraged notional of the profile")
    return Outcome(definition, version, made.frame.assign(covered=values["covered"]), "1", made.base)


def _extremes(
    bars: pd.DataFrame, times: pd.DatetimeIndex, *, horizon: pd.Timedelta, step: pd.Timedelta
) -> pd.DataFrame:
    """Open, lowest and highest price of each horizon [USD]; end; why it is not covered."""
    held = bars[["open", "high", "low"]].astype("float64").dropna()
    found = horizons(pd.DatetimeIndex(held.index), times, horizon=horizon, step=step)
    if not found.covered.any():
        return found.frame.assign(open=np.nan, low=np.nan, high=np.nan)
    first = np.minimum(found.first, len(held) - found.count)
    last = first + found.count - 1
    return found.frame.assign(
        open=held["open"].to_numpy()[first],
        low=held["low"].rolling(found.count).min().to_numpy()[last],
        high=held["high"].rolling(found.count).max().to_numpy()[last],
    )


def _from_mark(moves: pd.DataFrame, profile: LiquidationProfile) -> pd.DataFrame:
    """Log moves from the snapshot's mark to the lowest and the highest price; NaN where the horizon is not covered."""
    used = profile.used
    marks = used.groupby(["symbol", "as_of"]).agg(low=("mark_low", "min"), high=("mark_high", "max")).mean(axis=1)
    marks.index = marks.index.set_names(["moving", "as_of"])
    start = marks.reindex(moves.index).fillna(moves["open"]).where(moves["why"] == COVERED)
    return pd.DataFrame({"fall": np.log(moves["low"] / start), "rise": np.log(moves["high"] / start)})


def _points(profile: LiquidationProfile, side: str) -> pd.DataFrame:
    """Points of the leveraged notional with their snapshot and the symbol that moves them."""
    points = profile.nodes().frame
    dated = points.assign(
        as_of=profile.cells["as_of"].reindex(points["cell_row"]).to_numpy(),
        moving=points["symbol"].astype("str").where(points["reading"] != MARKET, MARKET_SYMBOL),
    )
    return dated if side == "both" else dated[dated["side"] == side]


def _shares(points: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Share touched and share covered, by snapshot."""
    dated = points.join(moves, on=["moving", "as_of"])
    covered = dated["fall"].notna()
    hit = pd.Series(dated["state"] == PAST)
    for line in (dated["distance"], dated["second_distance"]):
        hit |= ((line < 0) & (dated["fall"] <= line)) | ((line > 0) & (dated["rise"] >= line))
    weight = dated["weight"]
    sums = (
        pd.DataFrame({"all": weight, "held": weight * covered, "hit": weight * (covered & hit)})
        .groupby(dated["as_of"]).sum()
    )  # fmt: skip
    return pd.DataFrame(
        {"value": sums["hit"] / sums["held"].where(sums["held"] > 0), "covered": sums["held"] / sums["all"]}
    )


def _covered(shares: pd.DataFrame, moves: pd.DataFrame, *, definition: OutcomeDefinition) -> pd.DataFrame:
    """Value, covered, end and why by snapshot; NaN where too little of the notional has prices."""
    covered = shares["covered"].fillna(0.0)
    enough = (covered >= definition.least_covered) & (covered > 0.0)
    best = moves.sort_values("why", kind="stable").groupby("as_of").first()  # a covered symbol first
    why = best["why"].where(best["why"] != COVERED, THIN).reindex(shares.index).mask(enough, COVERED)
    return pd.DataFrame(
        {
            "value": shares["value"].where(enough),
            "covered": covered,
            "end": best["end"].reindex(shares.index),
            "why": why,
        }
    )
