"""Cohorts without positions: a tier table, or market data, reduced to what the index needs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.assessment.reading import CohortReading, symbols_by_size
from cohortiv.assessment.selection import label_of
from cohortiv.assessment.settings import Basis, Settings
from cohortiv.assessment.withheld import Withheld
from cohortiv.comovement import Comovement, comovement
from cohortiv.config.cohort import CohortConfig, load_cohort
from cohortiv.distribution.entry_profile import DEFAULT_MIX, TierMix
from cohortiv.distribution.reconstructed_series import reconstructed_profile
from cohortiv.distribution.reconstruction import profile_of_reconstruction, reconstruct, with_coins
from cohortiv.distribution.tier_table import cohort_rows, profile_of_tiers
from cohortiv.errors import DataError, UsageError
from cohortiv.margin.brackets import load_brackets
from cohortiv.margin.schedule import BracketSchedule
from cohortiv.positions import ControlTotals, choose_snapshot
from cohortiv.profile import AccountFigures, LiquidationProfile, binned_critical_distance
from cohortiv.profile.accounts import NODE
from cohortiv.sources.market_history import read_market_history
from cohortiv.sources.tier_map import read_tier_mix, read_tier_table

Say = Callable[[str], None]
#: Days after the first bar that are no history: until then much of what is open stands at that bar's close [days].
SETTLING_DAYS: Final = 7


@dataclass(frozen=True, eq=False)
class AggregateReading:
    """A profile without accounts, and where it came from.

    Attributes
    ----------
    profile : LiquidationProfile
        The snapshot.
    past : LiquidationProfile
        The snapshots of the same source up to and including this one.
    basis : Basis
    cohort : CohortConfig
    totals : ControlTotals
        Rows that the profile was made of; no accounts.
    moment : datetime or None
        Time of the snapshot where the source names it.
    paths : tuple of Path
        Files.
    other_rows : int
        Rows of other snapshots in the source.
    """

    profile: LiquidationProfile
    past: LiquidationProfile
    basis: Basis
    cohort: CohortConfig
    totals: ControlTotals
    moment: datetime | None
    paths: tuple[Path, ...]
    other_rows: int


def read_aggregate(
    settings: Settings, label: datetime, *, every: bool = False, days: bool = False, tell: Say
) -> AggregateReading:
    """Read a tier table or market data.

    Parameters
    ----------
    settings : Settings
        With `tier_table` or `market`.
    label : datetime
        Time of rows that have none.
    every : bool
        Whether the run is about all snapshots of a tier table.
    days : bool
        Whether market data are reconstructed at the end of each earlier day too.
    tell : callable
        Takes one line of progress or warning at a time.

    Raises
    ------
    UsageError
        If the settings cannot be run without positions.
    DataError
        If the data are bad.
    """
    cohort = load_cohort(settings.cohort) if settings.cohort else default_cohort(settings)
    if cohort.filters.accounts_file is not None:
        raise UsageError(
            f"The cohort {cohort.name!r} is filtered to accounts, which data without positions do not tell. Take the "
            "accounts_file out of the cohort file, or bring positions."
        )
    movement = comovement(cohort.betas, cohort.kappas)
    if settings.tier_table:
        return _of_tiers(settings, cohort, movement, label=label, every=every, tell=tell)
    if every:
        raise UsageError("--all-snapshots was given with --market, which has one: its last bar. Give --as-of instead.")
    return _of_market(settings, cohort, movement, days=days, tell=tell)


def default_cohort(settings: Settings) -> CohortConfig:
    """The cohort of a run without positions and without a cohort file, named by tier cohort or venue."""
    asked = (settings.tier_cohort if settings.tier_table else settings.venue) or ""
    slug = re.sub(r"[^a-z0-9]+", "-", asked.lower()).strip("-")[:64].strip("-")
    if settings.tier_table:
        told = "Everything in the tier table; it has no accounts."
        return CohortConfig(name=slug or "tier-table", title=asked or "Tier table", description=told)
    told = "Positions as a model has them from price and open interest; nobody's own are known."
    title = f"Reconstructed positions{f' on {asked}' if asked else ''}"
    return CohortConfig(name=slug or "reconstructed", title=title, description=told)


def without_accounts(profile: LiquidationProfile) -> AccountFigures:
    """Figures by account of a profile that has none: groups of positions, no counts."""
    groups = profile.leveraged.groupby(["symbol", "side", "tier"], as_index=False)[["notional_cents"]].sum()
    return AccountFigures(
        accounts=0,
        margin_units=0,
        groups=groups.assign(accounts=0),
        sizes=pd.DataFrame(columns=["node", "size", "notional_cents"]).astype("float64"),
        gram=pd.DataFrame(columns=["first", "second", "value"]).astype("float64"),
        nodes=profile.cells.head(0).assign(kappa_symbol="")[list(NODE)],
        kappa_names={str(symbol): str(symbol) for symbol in profile.used["symbol"].unique()},
    )


def without_positions(settings: Settings, *, past: bool, tell: Say) -> CohortReading:
    """A reading of aggregates: nothing by account, and nothing to withhold, as no account is in it.

    Parameters
    ----------
    settings : Settings
        With a tier table or market data in place of positions.
    past : bool
        Whether earlier snapshots of the source are wanted too; of market data they are the ends of the days before.
    tell : callable
        Takes one line of progress or warning at a time.

    Raises
    ------
    UsageError, DataError
        As for `read_aggregate`.
    """
    label = label_of(settings.as_of)
    found = read_aggregate(settings, label, days=past, tell=tell)
    profile = found.profile
    fall, rise = (
        binned_critical_distance(profile, below=below, critical_mass=settings.critical_mass) for below in (True, False)
    )
    return CohortReading(
        profile=profile,
        past=found.past if past else profile,
        past_units={},
        figures=without_accounts(profile),
        disclosed=None,
        withheld=Withheld(),
        drawdown_distance=fall,
        rally_distance=rise,
        totals=found.totals,
        cohort=found.cohort,
        symbols=symbols_by_size(profile),
        as_of=found.moment or (label if settings.as_of else None),
        asked=settings.as_of,
        timed=found.moment is not None,
        early_share=0.0,
        steps=0,
        sources=tuple(path.name for path in found.paths),
        synthetic=False,
        other_rows=found.other_rows,
        basis=found.basis,
    )


def _of_tiers(
    settings: Settings, cohort: CohortConfig, movement: Comovement, *, label: datetime, every: bool, tell: Say
) -> AggregateReading:
    tell(f"Reading the tier table {settings.tier_table}")
    read = read_tier_table(settings.tier_table)
    chosen = cohort_rows(read.frame, settings.tier_cohort)
    times = sorted(pd.Timestamp(moment).to_pydatetime() for moment in chosen["as_of"].dropna().unique())
    moment = times[-1] if every and times else choose_snapshot(times, settings.as_of)
    refuse_unknown_symbol(chosen, settings)
    rows = _in_scope(chosen.fillna({"as_of": pd.Timestamp(label)}), cohort, settings.symbol)
    now = moment or label
    rows = rows[rows["as_of"] <= pd.Timestamp(now)]
    origin = {
        "sources": [read.path.name], "symbol": settings.symbol, "cohort": cohort.name,
        "tier_cohort": settings.tier_cohort, "basis": str(Basis.TIER_TABLE),
    }  # fmt: skip
    past = profile_of_tiers(
        rows,
        brackets=load_brackets(settings.brackets),
        comovement=movement,
        tier_edges=cohort.tier_edges,
        origin=origin,
    )
    counted = len(rows) if every else int((rows["as_of"] == pd.Timestamp(now)).sum())
    if not counted:
        raise DataError("The tier table has no row of the snapshot, symbol and cohort asked for. Ask for another one.")
    return _reading(past, Basis.TIER_TABLE, cohort, now=now, moment=moment, paths=(read.path,), rows=counted,
                    other_rows=len(chosen) - counted, every=every)  # fmt: skip


def refuse_unknown_symbol(rows: pd.DataFrame, settings: Settings) -> None:
    """Raise DataError where a tier table does not hold the symbol of a run; it names those that there are."""
    names = sorted(set(rows["symbol"]))
    if settings.symbol and settings.symbol not in names:
        raise DataError(
            f"--symbol got {settings.symbol!r}; the tier table holds {', '.join(names[:20])}. Name one of them."
        )


def _in_scope(rows: pd.DataFrame, cohort: CohortConfig, symbol: str | None) -> pd.DataFrame:
    """Rows that the run is about."""
    filters = cohort.filters
    wanted: Sequence[tuple[str, Sequence[str]]] = (
        ("symbol", (symbol,) if symbol else filters.symbols), ("venue", filters.venues),
    )  # fmt: skip
    for column, allowed in wanted:
        if allowed:
            rows = rows[rows[column].isin(list(allowed))]
    return rows


def _of_market(
    settings: Settings, cohort: CohortConfig, movement: Comovement, *, days: bool, tell: Say
) -> AggregateReading:
    if not settings.symbol:
        raise UsageError("--market needs --symbol: bars and open interest are of one symbol. Name it, such as BTC.")
    history = read_market_history(
        settings.market, open_interest=settings.open_interest, symbol=settings.symbol, venue=settings.venue
    )
    ends = [pd.Timestamp(time).to_pydatetime() for time in history.covered["time"]]
    moment = choose_snapshot(ends, settings.as_of or f"{ends[-1]:%Y-%m-%dT%H:%M:%S}")
    now = moment or ends[-1]
    schedule, mix = _schedule(settings, history.venue, now), _mix(settings.tier_mix)
    bars = history.covered[history.covered["time"] <= pd.Timestamp(now)]
    tell(f"Reconstructing positions from {len(bars):,} bars; tier mix: {mix.source}")
    made = reconstruct(bars, history.interest, mix=mix, schedule=schedule)
    tell(
        f"Warning: reconstructed, a model and not positions: {made.from_first_bar:.1%} of the notional still goes "
        f"back to the first bar ({made.first_bar:%Y-%m-%d %H:%M} UTC), before which entries are not known"
    )
    profile = profile_of_reconstruction(made, schedule=schedule, comovement=movement, tier_edges=cohort.tier_edges)
    origin = {**profile.origin, "cohort": cohort.name, "tier_mix": mix.source}
    origin["sources"] = [path.name for path in history.paths]
    origin["notes"] = list(history.notes)
    origin["bars"] = _span_of(bars["time"])
    if days:
        held = with_coins(bars, history.interest)
        profile = _with_earlier_days(profile, held, mix=mix, schedule=schedule, cohort=cohort)
    return _reading(replace(profile, origin=origin), Basis.OPEN_INTEREST, cohort, now=now, moment=moment,
                    paths=history.paths, rows=made.bars, other_rows=0, every=False)  # fmt: skip


def _span_of(times: pd.Series) -> dict[str, str | int]:
    """First and last end of a bar, and how many are missing between them."""
    step = times.diff().median()
    missing = 0 if len(times) < 2 else round((times.iloc[-1] - times.iloc[0]) / step) + 1 - len(times)  # noqa: PLR2004 - a step has two ends
    return {"from": f"{times.iloc[0]:%Y-%m-%d %H:%M}", "to": f"{times.iloc[-1]:%Y-%m-%d %H:%M}", "missing": missing}


def _with_earlier_days(
    profile: LiquidationProfile, held: pd.DataFrame, *, mix: TierMix, schedule: BracketSchedule, cohort: CohortConfig
) -> LiquidationProfile:
    """The profile with those at the last bar of each earlier day before it, each from the bars up to it alone."""
    ends = held["time"]
    days = ends.groupby(ends.dt.floor("D")).max()
    settled = days[(days >= ends.iloc[0] + pd.Timedelta(days=SETTLING_DAYS)) & (days < ends.iloc[-1])]
    if settled.empty:
        return profile
    earlier = reconstructed_profile(
        held.set_index("time"),
        pd.DatetimeIndex(settled),
        mix=mix,
        schedule=schedule,
        comovement=profile.comovement,
        tier_edges=cohort.tier_edges,
    )
    return replace(profile, cells=pd.concat([earlier.cells, profile.cells], ignore_index=True))


def _schedule(settings: Settings, venue: str, now: datetime) -> BracketSchedule:
    """Brackets of the symbol on the venue, under the venue's own name where they serve every venue."""
    found = load_brackets(settings.brackets).schedule_for(venue, settings.symbol or "", "linear", as_of=now.date())
    if found is None:
        raise DataError(
            f"There are no brackets for {settings.symbol} on {venue or 'an unnamed venue'}. Name one that has "
            "a shipped table (binance, hyperliquid) with --venue, or pass --brackets FILE."
        )
    return replace(found.schedule, venue=venue)


def _mix(path: Path | None) -> TierMix:
    """The tier mix of a file, or the default one."""
    if path is None:
        return DEFAULT_MIX
    table = read_tier_mix(path)
    return TierMix(tuple(table["tier"]), tuple(table["share"]), path.name)


def _reading(
    past: LiquidationProfile, basis: Basis, cohort: CohortConfig, *, now: datetime, moment: datetime | None,
    paths: tuple[Path, ...], rows: int, other_rows: int, every: bool,
) -> AggregateReading:  # fmt: skip
    """The record, with totals of what is in the profile."""
    profile = past if every else past.at(now)
    cents = int(profile.cells["notional_cents"].sum())
    return AggregateReading(
        profile=profile, past=past, basis=basis, cohort=cohort, totals=ControlTotals(rows, 0, cents), moment=moment,
        paths=paths, other_rows=other_rows,
    )  # fmt: skip
