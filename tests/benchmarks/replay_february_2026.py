"""The fall of 5 and 6 February 2026 on real positions: what profiles said before it, and what was gone after it.

Run by hand, with the folder of the real data in the environment variable COHORTIV_REAL_DATA:
python tests/benchmarks/replay_february_2026.py. Lines and profiles are the package's. The low is taken once from the
hourly bars of another venue, and once from the marks of the snapshots themselves. An account is followed to the first
snapshot after the hourly low that lists all its positions, be it days later.
"""

import os
from pathlib import Path

import pandas as pd

from cohortiv.assessment import Settings, assess, read_cohort
from cohortiv.cascade import damage, forced_lines
from cohortiv.engine import connect
from cohortiv.quantities import percent, price
from cohortiv.sources.files import open_positions

POSITIONS, BARS = "hl_positions_2026-02.parquet", "btcusdt_perp_1h_2023-2026.csv.gz"
SYMBOL = "BTC"
#: Snapshots that are looked at, the second with the price near 73,000 USD for the last time [UTC].
FIRST, LAST = pd.Timestamp("2026-02-04T14:00"), pd.Timestamp("2026-02-05T20:00")
#: How long after the last of them the low is looked for.
WITHIN = pd.Timedelta(hours=24)
#: A position that kept this part of its quantity counts as still there [1].
STILL = 0.99
MILLION = 1e6
FATES = ("not seen whole", "gone", "reduced", "still there")


def main() -> None:
    """Print what was expected and what was found."""
    if "COHORTIV_REAL_DATA" not in os.environ:
        print("COHORTIV_REAL_DATA is not set: this replays real positions. Name their folder.")
        return
    folder = Path(os.environ["COHORTIV_REAL_DATA"])
    rows, (low_at, low) = _positions(folder), _low(folder)
    later = rows[rows["as_of"] > low_at]
    marks = rows[rows["symbol"] == SYMBOL].groupby("as_of")["mark_price"].median()
    own_low = float(marks[marks.index > FIRST].min())
    print(f"Low of the hour from {low_at} UTC: {price(low)}; lowest mark of a snapshot: {price(own_low)}")
    print(f"Accounts looked for in {later['as_of'].nunique()} snapshots to {later['as_of'].max()} UTC")
    for name, floor in (("hourly low", low), ("lowest mark of a snapshot", own_low)):
        print(f"\nLeveraged {SYMBOL} notional with its line between the mark and the {name}, in m USD at that mark:")
        said = [_snapshot(folder, moment, floor, float(marks[moment])) for moment in _moments(marks)]
        seen = [_fates(rows[rows["as_of"] == moment], later, floor) for moment in _moments(marks)]
        table = pd.concat([pd.DataFrame(said), pd.DataFrame(seen)], axis=1)
        print(table.to_string(index=False, float_format="{:.2f}".format))


def _moments(marks: pd.Series) -> list[pd.Timestamp]:
    """Snapshots that are looked at."""
    return [moment for moment in marks.index if FIRST <= moment <= LAST]


def _positions(folder: Path) -> pd.DataFrame:
    """Positions of all snapshots, and whether their account was listed whole."""
    opened = open_positions(f"hyperliquid:{folder / POSITIONS}", connection=connect())
    names = ["as_of", "account_id", "symbol", "side", "quantity", "mark_price", "leverage", "liquidation_price"]
    frame = opened.table.select(*names).to_pandas().rename(columns={"liquidation_price": "line"})
    listed = pd.read_parquet(folder / POSITIONS, columns=["snapshot_utc", "trader_id", "full_account"])
    keyed = listed.set_axis(["as_of", "account_id", "whole"], axis=1).astype({"account_id": "str"})
    return _dated(frame.astype({"account_id": "str"})).merge(_dated(keyed).drop_duplicates(["as_of", "account_id"]))


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with plain UTC times."""
    return frame.assign(as_of=pd.to_datetime(frame["as_of"], utc=True).dt.tz_localize(None))


def _low(folder: Path) -> tuple[pd.Timestamp, float]:
    """Hour and price of the lowest hourly low from the first snapshot on [USD]."""
    bars = pd.read_csv(folder / BARS, usecols=["timestamp", "low"])
    hours = pd.to_datetime(bars["timestamp"], utc=True).dt.tz_localize(None)
    lows = bars["low"].set_axis(hours)
    after = lows[(lows.index >= FIRST) & (lows.index <= LAST + WITHIN)]
    return pd.Timestamp(str(after.idxmin())), float(after.min())


def _snapshot(folder: Path, moment: pd.Timestamp, floor: float, mark: float) -> dict[str, object]:
    """What the profile of a snapshot said of a fall to the floor."""
    settings = Settings(positions=f"hyperliquid:{folder / POSITIONS}", as_of=f"{moment.isoformat()}Z", symbol=SYMBOL)
    result = assess(settings, read_cohort(settings, for_report=False, say=_silent))
    lines = forced_lines(result.reading.profile, direction="down", symbol=SYMBOL)
    closed = damage(lines, max(0.0, 1 - floor / mark)).total
    return {
        "snapshot": f"{moment:%d %H:%M}",
        "mark": f"{mark:.0f}",
        "fall": percent(max(0.0, 1 - floor / mark)),
        "index": result.iv_index,
        "positions": int(lines.leveraged["positions"].sum()),
        "leveraged": lines.leveraged_notional_usd / MILLION,
        "profile": closed.notional_usd / MILLION,
        "share": percent(closed.share),
    }


def _silent(_: str) -> None:
    """Say nothing."""


def _fates(snapshot: pd.DataFrame, later: pd.DataFrame, floor: float) -> dict[str, object]:
    """What became of the positions whose line lay above the floor, and for comparison of all others with a line."""
    ours = _followed(snapshot[(snapshot["symbol"] == SYMBOL) & (snapshot["leverage"] > 1)], later)
    reached = ours["line"].between(floor, ours["mark_price"])
    sums = ours[reached].groupby("fate")["notional"].sum().reindex(list(FATES), fill_value=0.0)
    others = ours[~reached & (ours["side"] == "long") & (ours["fate"] != FATES[0])]
    gone = others.loc[others["fate"] == "gone", "notional"].sum()
    told = {fate: float(sums[fate]) for fate in FATES}
    return {"lines": int(reached.sum()), **told, "other longs gone": percent(gone / others["notional"].sum())}


def _followed(positions: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Positions with their notional [m USD] and their fate at the account's first whole listing."""
    whole = later[later["whole"] == 1]
    first = whole.groupby("account_id")["as_of"].min().rename("seen_at")
    seen = whole.merge(first, left_on=["account_id", "as_of"], right_on=["account_id", "seen_at"])
    held = seen.loc[seen["symbol"] == SYMBOL, ["account_id", "side", "quantity"]]
    held = held.rename(columns={"quantity": "later_quantity"})
    found = positions.join(first, on="account_id").merge(held, on=["account_id", "side"], how="left")
    kept = (found["later_quantity"] / found["quantity"]).fillna(0.0)
    fate = kept.map(lambda part: "gone" if part == 0 else "reduced" if part < STILL else "still there")
    return found.assign(
        fate=fate.mask(found["seen_at"].isna(), FATES[0]),
        notional=found["quantity"] * found["mark_price"] / MILLION,
    )


if __name__ == "__main__":
    main()
