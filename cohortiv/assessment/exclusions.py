"""What is excluded, by rule, and whether it is too much for a result."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import pandas as pd

from cohortiv.assessment.settings import Settings
from cohortiv.errors import DataError
from cohortiv.positions import describe_exclusion, example_rows
from cohortiv.profile import OUT_OF_SCOPE, LiquidationProfile, Scope
from cohortiv.schema import DUPLICATE, RULE_BY_CODE


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
    """Share of notional that is excluded [1].

    Rows whose notional cannot be computed count with the average of the others; 0 where there is nothing in scope.
    """
    inside = pd.concat([profile.used, profile.excluded])
    sized = float(inside["positions"].sum() - inside["unsized"].sum())
    mean = float(inside["notional_cents"].sum()) / sized if sized else 1.0
    lost = float(profile.excluded["notional_cents"].sum()) + mean * float(profile.excluded["unsized"].sum())
    whole = float(inside["notional_cents"].sum()) + mean * float(inside["unsized"].sum())
    return lost / whole if whole else 0.0


def judge_exclusions(
    settings: Settings,
    profile: LiquidationProfile,
    *,
    rows: ir.Table,
    lines: ir.Table,
    scope: Scope,
    tell: Callable[[str], None],
) -> None:
    """Say what is excluded and why; refuse when it is too much.

    Parameters
    ----------
    settings : Settings
        For `max_excluded`.
    profile : LiquidationProfile
    rows : ibis Table
        Positions that the profile was made of: examples of rows that break a rule by themselves.
    lines : ibis Table
        Their lines: examples of rules that only solving a line can break.
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
    inside = _scoped(rows, scope)
    counts = zip(table["code"].astype(int).tolist(), table["rows"].astype(int).tolist(), strict=True)
    told = "\n".join(
        describe_exclusion(code, number, example_rows(inside if code <= DUPLICATE else lines, code))
        for code, number in counts
    )
    share = excluded_share(profile)
    heading = f"{int(table['rows'].sum()):,} row(s), {share:.2%} of the notional, are excluded:"
    if share > settings.max_excluded:
        raise DataError(
            f"{heading}\n{told}\n  Allowed is {settings.max_excluded:.2%} of the notional. "
            "Mend the rows, or accept them with --max-excluded."
        )
    tell(f"Warning: {heading}\n{told}")


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
