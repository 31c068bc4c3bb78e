"""What is excluded, by rule, and whether it is too much for a result."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.assessment.settings import Settings
from cohortiv.duplicates import without_duplicates
from cohortiv.errors import DataError
from cohortiv.margin.brackets import Brackets, load_brackets
from cohortiv.margin.names import brackets_meant
from cohortiv.positions import Positions, countable_cents, describe_exclusion, example_rows
from cohortiv.profile import OUT_OF_SCOPE, LiquidationProfile, Scope
from cohortiv.schema import DUPLICATE, NO_BRACKETS, RULE_BY_CODE, USED, notional_usd

#: What tells a line of the line table from the others of its snapshot, and leads back to the row it is of.
LINE_OF = (
    "account_id", "venue", "symbol", "product", "side", "margin_mode", "mark_price", "notional_cents",
)  # fmt: skip
#: Contracts without brackets that a message names.
CONTRACTS_NAMED = 5
_SUMMED = ("notional_cents", "positions", "unsized")


def exclusions(profile: LiquidationProfile) -> pd.DataFrame:
    """Excluded rows by rule: code, rule, rows, notional_usd, unsized (rows whose notional isn't known)."""
    grouped = profile.excluded.groupby("reason", as_index=False)[["positions", "notional_cents", "unsized"]].sum()
    return pd.DataFrame(
        {
            "code": grouped["reason"],
            "rule": [RULE_BY_CODE[code].name for code in grouped["reason"]],
            "rows": grouped["positions"].astype(int),
            "notional_usd": grouped["notional_cents"] / 100,
            "unsized": grouped["unsized"].astype(int),
        }
    )


def excluded_share(profile: LiquidationProfile) -> float:
    """Share of notional in scope that is excluded [1]; 0 where there is nothing in scope."""
    return share_lost(profile.excluded, profile.used)


def share_lost(lost: pd.DataFrame, used: pd.DataFrame) -> float:
    """Share of notional that is lost [1]; 0 where there is nothing at all.

    Parameters
    ----------
    lost, used : DataFrame
        Cells of a profile. Lost rows whose notional cannot be computed (no price, no quantity) count with the average
        of all rows whose can, so nine tenths of the rows without a price are nine tenths of the notional.
    """
    lost_sums, used_sums = (frame[list(_SUMMED)].sum().to_frame().T for frame in (lost, used))
    return float(lost_shares(lost_sums, used_sums)[0])


def lost_shares(lost: pd.DataFrame, used: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Share of notional that is lost in each of many groups of cells [1], as `share_lost` has it for one.

    Parameters
    ----------
    lost, used : DataFrame
        Sums of notional_cents, positions and unsized: one row a group, the same groups in both.

    Returns
    -------
    numpy.ndarray
        Shape (groups,); 0 where there is nothing at all.
    """
    lost_cents, lost_rows, unsized = (lost[name].to_numpy(dtype=np.float64) for name in _SUMMED)
    known = lost_cents + used["notional_cents"].to_numpy(dtype=np.float64)
    sized = lost_rows + used["positions"].to_numpy(dtype=np.float64) - unsized
    added = unsized * np.divide(known, sized, out=np.ones_like(known), where=sized != 0)
    whole = known + added
    shares: npt.NDArray[np.float64] = np.divide(lost_cents + added, whole, out=np.zeros_like(whole), where=whole != 0)
    return shares


def judge_exclusions(
    settings: Settings,
    profile: LiquidationProfile,
    *,
    positions: Positions,
    lines: ir.Table,
    scope: Scope,
    tell: Callable[[str], None],
) -> None:
    """Say what is excluded and why; refuse when it is too much.

    Parameters
    ----------
    settings : Settings
        For `max_excluded`, and the brackets that there are.
    profile : LiquidationProfile
    positions : Positions
        Source of the profile: for examples as they stand in the files.
    lines : ibis Table
        Lines that the profile was made of: which rows a rule excludes that only solving a line can break.
    scope : Scope
        What the profile is about; rows outside it are no examples.
    tell : callable
        Takes the warning.

    Raises
    ------
    DataError
        If more than `max_excluded` of the notional is excluded.
    """
    table = exclusions(profile)
    if table.empty:
        return
    share, heading = excluded_share(profile), _heading(profile)
    told = "\n".join(_paragraphs(settings, profile, positions=positions, lines=lines, scope=scope))
    if share > settings.max_excluded:
        raise DataError(
            f"{heading}\n{told}\n  Allowed is {settings.max_excluded:.2%} of the notional. "
            "Mend the rows, or accept them with --max-excluded."
        )
    tell(f"Warning: {heading}\n{told}")


def _heading(profile: LiquidationProfile) -> str:
    """How many rows are excluded, and what share of the notional they are."""
    rows, unsized = (int(profile.excluded[name].sum()) for name in ("positions", "unsized"))
    every = rows + int(profile.used["positions"].sum())
    counted = f" ({unsized:,} of them have no notional and count with the average of the others)" if unsized else ""
    return f"{rows:,} of {every:,} row(s), {excluded_share(profile):.2%} of the notional{counted}, are excluded:"


def _paragraphs(
    settings: Settings, profile: LiquidationProfile, *, positions: Positions, lines: ir.Table, scope: Scope
) -> Iterator[str]:
    """What is to be said of each broken rule."""
    rows = _scoped(_handed_in(positions, profile), scope)
    table = exclusions(profile)
    for code, number in zip(table["code"].astype(int), table["rows"].astype(int), strict=True):
        broken = rows if code <= DUPLICATE else _rows_of(lines, rows, code, several=len(profile.snapshots) > 1)
        yield describe_exclusion(int(code), int(number), example_rows(broken, int(code), place=positions.place))
        if code == NO_BRACKETS:
            yield from _without_brackets(broken, load_brackets(settings.brackets))


def _handed_in(positions: Positions, profile: LiquidationProfile) -> ir.Table:
    """Rows of the profile's snapshots as they stand in the files, repeated ones marked."""
    table = positions.numbered
    if "as_of" in positions.given:
        table = table.filter(table.as_of.isin(list(profile.snapshots)))
    return without_duplicates(replace(positions, table=table)).table


def _rows_of(lines: ir.Table, rows: ir.Table, code: int, *, several: bool) -> ir.Table:
    """Rows that a rule excludes which their lines break, with that rule as reason."""
    keys = [*LINE_OF, *(["as_of"] if several else [])]
    sound = rows.filter(rows.reason == USED).mutate(notional_cents=countable_cents(notional_usd(rows)))
    broken = lines.filter(lines.reason == code).select(keys).distinct()
    return sound.semi_join(broken, keys).mutate(reason=ibis.literal(code, "int8"))


def _without_brackets(rows: ir.Table, brackets: Brackets) -> Iterator[str]:
    """Contracts that have no brackets, the most frequent first, and what was probably meant."""
    keys = ["venue", "symbol", "contract"]
    counted = rows.group_by(keys).aggregate(rows=rows.count())
    found = counted.order_by([ibis.desc("rows"), *keys]).limit(CONTRACTS_NAMED).to_pyarrow().to_pylist()
    for row in found:
        meant = brackets_meant((row["venue"], row["symbol"], row["contract"]), brackets)
        name = f"venue {row['venue']!r}, symbol {row['symbol']!r}, {row['contract']}"
        yield f"    {name}: {row['rows']:,} row(s)" + (f"; {meant}" if meant else "")
    venues = sorted({schedule.venue for schedule in brackets.schedules if schedule.venue})
    yield f"    Venues with brackets: {', '.join(venues)}."


def _scoped(rows: ir.Table, scope: Scope) -> ir.Table:
    """The same rows in the same order, those outside the scope marked as such."""
    wanted = (
        ("symbol", scope.symbols), ("venue", scope.venues), ("product", scope.products), ("account_id", scope.accounts)
    )  # fmt: skip
    for name, allowed in wanted:
        if allowed is not None:
            inside = ibis.coalesce(rows[name].isin(list(allowed)), False)
            rows = rows.mutate(reason=ibis.ifelse(inside, rows.reason, ibis.literal(OUT_OF_SCOPE, "int8")))
    return rows
