"""Figures beside the cells that a report withholds: shares and totals whose parts may be of few accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import ibis
import ibis.expr.types as ir
import pandas as pd

from cohortiv.disclosure import DisclosureRule, counted, is_safe
from cohortiv.liquidation import UNLEVERAGED
from cohortiv.profile import OUT_OF_SCOPE
from cohortiv.schema import USED

#: Key in data quality, flag that makes the part, flag that makes the whole (None: everything in use), what is added up.
_PARTS: Final = (
    ("supplied_line_share", "supplied", None, "notional_cents"),
    ("past_supplied_line_share", "past_supplied", None, "notional_cents"),
    ("compared_line_share", "compared", None, "notional_cents"),
    ("compared_line_share", "compared", "supplied", "notional_cents"),
    ("line_disagreement_share", "differs", "compared", "notional_cents"),
    ("estimated_collateral_share", "estimated", None, "collateral_cents"),
)
_COLUMNS = ("account_id", "reason", "tier", "symbol", "notional_cents", "collateral_cents")
_FLAGS = ("supplied", "past_supplied", "compared", "differs", "estimated")


@dataclass(frozen=True)
class Withheld:
    """What a report leaves out because too few accounts are behind it, or behind the rest of its whole.

    Attributes
    ----------
    figures : frozenset of str
        Names in `summary.json` and its data quality.
    rules : frozenset of int
        Codes of the rules whose excluded notional is withheld.
    rare_rules : frozenset of int
        Of these, the rules whose number of rows is withheld too, too few accounts being behind them.
    snapshots : frozenset of datetime
        Earlier snapshots whose index is withheld.
    """

    figures: frozenset[str] = frozenset()
    rules: frozenset[int] = frozenset()
    rare_rules: frozenset[int] = frozenset()
    snapshots: frozenset[datetime] = frozenset()


def withhold(lines: ir.Table, past: ir.Table, *, rule: DisclosureRule, unknown: Sequence[str]) -> Withheld:
    """Find what must be withheld.

    Parameters
    ----------
    lines : ibis Table
        Binned lines of the snapshot, rows not in use included.
    past : ibis Table
        Binned lines of all snapshots read.
    rule : DisclosureRule
    unknown : sequence of str
        Symbols that move by default figures.

    Returns
    -------
    Withheld
    """
    used = lines.filter(lines.reason == USED)
    figures = {key for key, part, whole, money in _PARTS if _is_weak(used, part, whole, money=money, rule=rule)}
    leveraged = used.filter(used.tier != UNLEVERAGED).mutate(by_default=used.symbol.isin(list(unknown) or [""]))
    if _is_weak(leveraged, "by_default", None, money="notional_cents", rule=rule):
        figures.add("default_comovement_share")
    if _has_weak_cell(used.filter(used.tier == UNLEVERAGED), [], money="collateral_cents", rule=rule):
        figures.add("tvl_usd")
    excluded = lines.filter(~lines.reason.isin([USED, OUT_OF_SCOPE]))
    rare = _rare_rules(excluded, rule)
    rules = rare | _codes(_weak_cells(excluded, ["reason"], money="notional_cents", rule=rule))
    figures |= _rare_counts(lines, excluded, rare=rare, rule=rule)
    apart = lines.filter((lines.reason == OUT_OF_SCOPE) | ((lines.reason == USED) & (lines.tier == UNLEVERAGED)))
    if rules or _has_weak_cell(apart, ["reason"], money="notional_cents", rule=rule):
        figures |= {"excluded_share", "notional_read_usd"}
    return Withheld(frozenset(figures), rules, rare, _weak_snapshots(past, rule))


def narrowed(lines: ir.Table) -> ir.Table:
    """The columns of a line table that `withhold` asks for."""
    return lines.select(*_COLUMNS, *_FLAGS)


def _is_weak(used: ir.Table, part: str, whole: str | None, *, money: str, rule: DisclosureRule) -> bool:
    """Whether a part of a whole, or what the part leaves of it, is of too few accounts."""
    inside = used.filter(used[whole]) if whole else used
    return _has_weak_cell(inside, [part], money=money, rule=rule)


def _has_weak_cell(rows: ir.Table, keys: Sequence[str], *, money: str, rule: DisclosureRule) -> bool:
    """Whether a cell with money in it breaks the rule."""
    return not _weak_cells(rows, keys, money=money, rule=rule).empty


def _weak_cells(rows: ir.Table, keys: Sequence[str], *, money: str, rule: DisclosureRule) -> pd.DataFrame:
    weighed = rows.select("account_id", *keys, notional_cents=rows[money], everything=ibis.literal(0))
    counts = counted(weighed, [*keys, "everything"])
    return counts[~is_safe(counts, rule) & (counts["notional_cents"] > 0)]


def _rare_rules(excluded: ir.Table, rule: DisclosureRule) -> frozenset[int]:
    """Rules whose excluded rows are of too few accounts, with a notional or without."""
    counts = counted(excluded, ["reason"])
    return _codes(counts[counts["accounts"] < rule.min_accounts])


def _rare_counts(lines: ir.Table, excluded: ir.Table, *, rare: frozenset[int], rule: DisclosureRule) -> set[str]:
    """Numbers of rows that would tell, or give as a difference, the rows of too few accounts."""
    outside = lines.filter(lines.reason == OUT_OF_SCOPE)
    hidden = excluded.filter(excluded.reason.isin(list(rare) or [USED]))
    parts = (("rows_out_of_scope", outside), ("rows_excluded", hidden))
    found = {name for name, rows in parts if _has_few_accounts(rows, rule)}
    return found | {"rows_read"} if found else found


def _has_few_accounts(rows: ir.Table, rule: DisclosureRule) -> bool:
    """Whether there are rows, of fewer accounts than a cell needs."""
    accounts = counted(rows.mutate(everything=0), ["everything"])["accounts"]
    return bool((accounts < rule.min_accounts).any())


def _codes(cells: pd.DataFrame) -> frozenset[int]:
    return frozenset(int(code) for code in cells["reason"])


def _weak_snapshots(past: ir.Table, rule: DisclosureRule) -> frozenset[datetime]:
    """Snapshots whose leveraged positions together break the rule."""
    leveraged = past.filter((past.reason == USED) & (past.tier != UNLEVERAGED))
    weak = _weak_cells(leveraged, ["as_of"], money="notional_cents", rule=rule)
    return frozenset(pd.Timestamp(moment).to_pydatetime() for moment in weak["as_of"])
