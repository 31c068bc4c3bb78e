"""Profiles without positions held against real positions of the same hours; what tests and comparisons share."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cohortiv.comovement import comovement
from cohortiv.distribution.entry_profile import DEFAULT_MIX, TierMix
from cohortiv.distribution.line_points import line_points
from cohortiv.distribution.reconstruction import profile_of_reconstruction, reconstruct
from cohortiv.distribution.tier_table import cohort_rows, profile_of_tiers
from cohortiv.margin.brackets import load_brackets
from cohortiv.profile import LiquidationProfile, binned_critical_distance, profile_of_points
from cohortiv.sources.market_history import MarketHistory, read_market_history
from cohortiv.sources.tier_map import read_tier_table
from cohortiv.volatility import critical_volatility_of, line_book

POSITIONS = "hl_positions_2026-02.parquet"
TIER_MAP = "hl_liq_map_by_leverage_tier_2026-02.csv.gz"
BARS = "btcusdt_perp_1h_2023-2026.csv.gz"
INTEREST = "oi_hyperliquid_1h_2025-12_2026-03.parquet"
#: Cohorts of the tier map, and the letter under which the position file has them.
COHORTS = {"byPnlDaily": "d", "byPnlWeekly": "w"}
#: The map holds lines between these multiples of the mark.
MAP_RANGE = (0.5, 1.5)
#: Steps of the ladder that distances are taken on: simple moves.
STEPS = np.arange(-1.0, 1.001, 0.02)
CRITICAL_MASS, HORIZON_DAYS, REFERENCE = 0.15, 7.0, 0.40


@dataclass(frozen=True)
class Figures:
    """What profiles are compared by: index [%], critical moves [1; NaN: none], ladder (shares by step)."""

    index: float
    drawdown: float
    rally: float
    ladder: np.ndarray[tuple[int], np.dtype[np.float64]]


def figures(profile: LiquidationProfile) -> Figures:
    """Figures of one snapshot of one symbol."""
    nodes = profile.nodes().frame
    book = line_book(nodes["weight"], nodes["distance"], kappas=1.0)
    critical = critical_volatility_of(book, critical_mass=CRITICAL_MASS, horizon_days=HORIZON_DAYS)
    moves = [
        binned_critical_distance(profile, below=below, critical_mass=CRITICAL_MASS) for below in (True, False)
    ]  # fmt: skip
    fall, rise = (np.nan if move is None else move for move in moves)
    held, _ = np.histogram(np.expm1(nodes["distance"].dropna()).clip(-1, 1), bins=STEPS,
                           weights=nodes["weight"][nodes["distance"].notna()])  # fmt: skip
    ladder = held / nodes["weight"].sum()
    return Figures(100 * REFERENCE / float(critical.value), -np.expm1(-fall), np.expm1(rise), ladder)


def ladder_distance(one: Figures, other: Figures) -> float:
    """Share of the notional that stands on other steps: half the sum of absolute differences, none as a step."""
    none = abs(one.ladder.sum() - other.ladder.sum())
    return float((np.abs(one.ladder - other.ladder).sum() + none) / 2)


def real_positions(folder: Path) -> pd.DataFrame:
    """Leveraged BTC positions of all snapshots with their venue's line, as `line_points` takes them, and `groups`."""
    raw = pd.read_parquet(folder / POSITIONS)
    held = raw[(raw["coin"] == "BTC") & (raw["leverage"] > 1)].reset_index(drop=True)
    return pd.DataFrame(
        {
            "as_of": held["snapshot_utc"].dt.tz_localize(None),
            "venue": "hyperliquid",
            "symbol": "BTC",
            "side": held["side"].astype("str").str.lower(),
            "leverage": held["leverage"].astype(float),
            "mark_price": held["position_value_usd"] / held["size"],
            "line": held["liquidation_px"],
            "notional_usd": held["position_value_usd"],
            "groups": held["groups"].astype("str"),
        }
    )


def profile_of_lines(table: pd.DataFrame) -> LiquidationProfile:
    """Profile of positions with known lines."""
    return profile_of_points(line_points(table.reset_index(drop=True)), comovement=comovement())


def compare_tier_map(folder: Path, *, every: int = 1) -> pd.DataFrame:
    """Index by the tier map and by the positions of the same cohort and time, BTC.

    Returns
    -------
    DataFrame
        as_of, cohort, by_map, in_range (positions whose line the map can hold), by_positions (all), covered (share of
        the notional that the map can hold).
    """
    positions, rows = real_positions(folder), read_tier_table(f"hyperliquid:{folder / TIER_MAP}").frame
    found = []
    for cohort, letter in COHORTS.items():
        chosen = cohort_rows(rows[rows["symbol"] == "BTC"], cohort)
        mapped = profile_of_tiers(chosen, brackets=load_brackets(), comovement=comovement())
        members = positions[positions["groups"].str.contains(letter)]
        for moment in [time for time in mapped.snapshots if (members["as_of"] == time).any()][::every]:
            held = members[members["as_of"] == moment]
            near = held[(held["line"] / held["mark_price"]).between(*MAP_RANGE)]
            found.append(
                {
                    "as_of": moment,
                    "cohort": cohort,
                    "by_map": figures(mapped.at(moment)).index,
                    "in_range": figures(profile_of_lines(near)).index,
                    "by_positions": figures(profile_of_lines(held)).index,
                    "covered": near["notional_usd"].sum() / held["notional_usd"].sum(),
                }
            )
    return pd.DataFrame(found)


def compare_reconstruction(folder: Path, *, every: int = 1) -> pd.DataFrame:
    """Figures of reconstructed and of real positions, BTC, by tier mix.

    Returns
    -------
    DataFrame
        as_of, mix (default, declared: that of the real snapshot), index, real_index, drawdown, real_drawdown,
        ladder_distance.
    """
    positions = real_positions(folder)
    history = read_market_history(
        str(folder / BARS), open_interest=str(folder / INTEREST), symbol="BTC", venue="hyperliquid"
    )  # fmt: skip
    found = []
    for moment, held in list(positions.groupby("as_of"))[::every]:
        real = figures(profile_of_lines(held))
        for name, mix in (("default", DEFAULT_MIX), ("declared", _declared(held))):
            made = figures(_reconstructed(history, pd.Timestamp(str(moment)), mix))
            found.append(
                {
                    "as_of": moment,
                    "mix": name,
                    "index": made.index,
                    "real_index": real.index,
                    "drawdown": made.drawdown,
                    "real_drawdown": real.drawdown,
                    "ladder_distance": ladder_distance(made, real),
                }
            )
    return pd.DataFrame(found)


def _declared(held: pd.DataFrame) -> TierMix:
    """Tier mix of a real snapshot, by declared leverage."""
    shares = held.groupby("leverage")["notional_usd"].sum() / held["notional_usd"].sum()
    return TierMix(tuple(map(float, shares.index)), tuple(shares / shares.sum()), "declared leverage of the snapshot")


def _reconstructed(history: MarketHistory, moment: pd.Timestamp, mix: TierMix) -> LiquidationProfile:
    """Profile at the last bar that has ended by then."""
    found = load_brackets().schedule_for("hyperliquid", "BTC", "linear", as_of=moment.date())
    assert found is not None
    bars = history.bars[history.bars["time"] <= moment]
    made = reconstruct(bars, history.interest, mix=mix, schedule=found.schedule)
    return profile_of_reconstruction(made, schedule=found.schedule, comovement=comovement())
