"""Statistical disclosure control: which cells are large and mixed enough to be published.

A cell with too few accounts, or one that a single account dominates, is merged with its neighbour; what no neighbour
can save goes into a rest, and more cells follow it there until the rest is safe. Published tables are sums of such
cells, so neither a total nor the difference of two totals gives a smaller cell away. Where another table tells the
totals of some groups (longs and shorts), each of these needs a rest of its own: those totals would split a common one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cohortiv.materialise import materialise, release


@dataclass(frozen=True)
class DisclosureRule:
    """What a published cell needs.

    Attributes
    ----------
    min_accounts : int
        Fewest distinct accounts.
    max_account_share : float
        Largest share of the cell's notional that one account may hold [1].
    least_part : float
        An account counts from this part of what the cell's largest account holds [1]; with 0 each account counts.
    """

    min_accounts: int = 10
    max_account_share: float = 0.5
    least_part: float = 0.0


@dataclass(frozen=True, eq=False)
class DisclosedCells:
    """A partition into cells that may be published.

    Attributes
    ----------
    plan : DataFrame
        The finest keys and `cell`, the number of the cell that each belongs to; below 0 for a rest.
    counts : DataFrame
        cell, notional_cents, accounts, largest_cents, safe. `safe` is false only where even all that may be in one rest
        breaks the rule together.
    """

    plan: pd.DataFrame
    counts: pd.DataFrame

    @property
    def hidden_cents(self) -> float:
        """Notional in rests [cents]."""
        return float(self.counts.loc[self.counts["cell"] < 0, "notional_cents"].sum())


def is_safe(counts: pd.DataFrame, rule: DisclosureRule) -> "pd.Series[bool]":
    """Whether cells have accounts enough and none that dominates; columns accounts, notional_cents, largest_cents."""
    enough = counts["accounts"] >= rule.min_accounts
    return enough & (counts["largest_cents"] <= rule.max_account_share * counts["notional_cents"])


def ordered_cells(
    held: ir.Table,
    *,
    group: Sequence[str],
    order: str,
    rule: DisclosureRule,
    within: Sequence[str] = (),
    apart: Sequence[str] = (),
) -> DisclosedCells:
    """Merge neighbours along an order, within groups, until every cell may be published.

    Parameters
    ----------
    held : ibis Table
        account_id, notional_cents and the keys; one row a position.
    group : sequence of str
        Keys that are not merged across, the rest apart.
    order : str
        Numeric key along which neighbours are merged.
    rule : DisclosureRule
    within : sequence of str
        Keys by which a cell is split further; then every part must satisfy the rule, so that the parts share one set of
        ranges.
    apart : sequence of str
        Keys of `group` whose totals are told elsewhere: each has a rest of its own. Each is safe as a whole.

    Returns
    -------
    DisclosedCells
        Empty where `held` is.
    """
    keys = [*group, order]
    plan = held.select(*keys).distinct().to_pandas().sort_values(keys, ignore_index=True)
    plan = plan.assign(cell=np.arange(len(plan)), block=_numbered(plan, group), pool=_numbered(plan, apart))
    with _by_account(held, [*keys, *within]) as owned:
        while True:
            counts = _rated(owned, plan, keys, rule=rule, within=within)
            changed = _merge_neighbours(plan, counts)
            changed = _grow_rest(plan, counts, rule) if changed is None else changed
            if changed is None:
                return DisclosedCells(plan.drop(columns=["block", "pool"]), counts)
            plan = changed


def pooled_cells(held: ir.Table, *, within: Sequence[str], by: Sequence[str], rule: DisclosureRule) -> DisclosedCells:
    """Split cells by a name without order; what may not be shown by itself forms a rest within each cell.

    Parameters
    ----------
    held : ibis Table
        account_id, notional_cents and the keys; one row a position.
    within : sequence of str
        Keys of the cells to be split; none stand for everything together. A rest is safe where its whole is.
    by : sequence of str
        Keys that split them, such as the symbol.
    rule : DisclosureRule

    Returns
    -------
    DisclosedCells
        Cell numbers below 0 are the rests, one for each cell that needs one.
    """
    keys = [*within, *by]
    plan = held.select(*keys).distinct().to_pandas().sort_values(keys, ignore_index=True)
    plan = plan.assign(cell=np.arange(len(plan)), pool=_numbered(plan, within))
    with _by_account(held, keys) as owned:
        while True:
            counts = _rated(owned, plan, keys, rule=rule)
            changed = _move_to_rest(plan, counts)
            changed = _grow_rest(plan, counts, rule) if changed is None else changed
            if changed is None:
                return DisclosedCells(plan.drop(columns="pool"), counts)
            plan = changed


def with_safe_wholes(
    held: ir.Table, cells: DisclosedCells, *, of: str, names: Sequence[str], rule: DisclosureRule
) -> DisclosedCells:
    """Let more cells of some names follow their others into the rests, so that what is in rests of each is a safe cell.

    Then a name's whole may be thought of: less its told cells, it leaves no unsafe one.

    Parameters
    ----------
    held : ibis Table
        account_id, notional_cents and the keys; one row a position.
    cells : DisclosedCells
        From `pooled_cells`; each told cell is of one name.
    of : str
        Key of the names.
    names : sequence of str
        Those whose whole is wanted. One with cells enough in no rest that there is stays as it is.
    rule : DisclosureRule

    Returns
    -------
    DisclosedCells
        The same where nothing has to follow.
    """
    keys = [name for name in cells.plan.columns if name != "cell"]
    places = [name for name in keys if name != of]
    while True:
        inside = held.inner_join(ibis.memtable(cells.plan[cells.plan["cell"] < 0]), keys)
        hidden = counted(inside.filter(inside[of].isin(list(names) or [""])), [of])
        sizes = cells.counts.set_index("cell")["notional_cents"]
        followers = [
            _least_enough(sizes[near], rest, rule)
            for _, rest in hidden[~is_safe(hidden, rule)].iterrows()
            if len(near := _beside_rests(cells.plan, cells.plan[of] == rest[of], places))
        ]
        if not followers:
            return cells
        rests = cells.plan[cells.plan["cell"] < 0].drop_duplicates(places).rename(columns={"cell": "rest"})
        placed = cells.plan.merge(rests[[*places, "rest"]], on=places, how="left")
        moved = placed["cell"].where(~placed["cell"].isin(followers), placed["rest"]).astype("int64")
        plan = cells.plan.assign(cell=moved.to_numpy())
        cells = DisclosedCells(plan, _rated(held, plan, keys, rule=rule))


def _beside_rests(plan: pd.DataFrame, chosen: "pd.Series[bool]", places: Sequence[str]) -> list[int]:
    """Told cells of some rows of a plan that lie where there is a rest."""
    rests = plan[plan["cell"] < 0].drop_duplicates(list(places))[list(places)]
    return plan[chosen & (plan["cell"] >= 0)].merge(rests, on=list(places))["cell"].unique().tolist()


@contextmanager
def _by_account(held: ir.Table, keys: Sequence[str]) -> Iterator[ir.Table]:
    """What each account holds by keys, kept in the engine while its cells are rated again and again."""
    by = dict.fromkeys((*keys, "account_id"))
    owned = materialise(held.group_by(list(by)).aggregate(notional_cents=held.notional_cents.sum()))
    try:
        yield owned
    finally:
        release(owned)


def _numbered(plan: pd.DataFrame, keys: Sequence[str]) -> "pd.Series[int]":
    """Number of the group that each row of a plan is in; all the same without keys."""
    if keys:
        return plan.groupby(list(keys), sort=False).ngroup()
    return pd.Series(0, index=plan.index)


def _rated(
    held: ir.Table, plan: pd.DataFrame, keys: Sequence[str], *, rule: DisclosureRule, within: Sequence[str] = ()
) -> pd.DataFrame:
    """Notional, accounts and largest account of each cell of a plan, and whether it and all its parts are safe."""
    columns = ["cell", "notional_cents", "accounts", "largest_cents", "safe"]
    if plan.empty:
        return pd.DataFrame(columns=columns)
    numbered = held.inner_join(ibis.memtable(plan[[*keys, "cell"]]), list(keys))
    whole = counted(numbered, ["cell"], least_part=rule.least_part)
    safe = is_safe(whole, rule)
    if within:
        parts = counted(numbered, ["cell", *within], least_part=rule.least_part)
        weak = set(parts.loc[~is_safe(parts, rule), "cell"])
        safe &= ~whole["cell"].isin(weak)
    return whole.assign(safe=safe)[columns]


def counted(held: ir.Table, keys: Sequence[str], *, least_part: float = 0.0) -> pd.DataFrame:
    """Notional, accounts and largest account by keys.

    Parameters
    ----------
    held : ibis Table
        account_id, notional_cents and the keys; one row a position.
    keys : sequence of str
        At least one.
    least_part : float
        Part of the largest account's notional in the same group from which an account counts [1].

    Returns
    -------
    DataFrame
        The keys, sorted, notional_cents, accounts, largest_cents; empty where `held` is.
    """
    each = held.group_by([*keys, "account_id"]).aggregate(own=held.notional_cents.sum())
    if least_part:
        largest = each.own.max().over(ibis.window(group_by=list(keys)))
        each = each.mutate(counts=each.own >= least_part * largest)
    number = each.counts.sum() if least_part else each.count()
    sums = {"notional_cents": each.own.sum(), "accounts": number, "largest_cents": each.own.max()}
    frame: pd.DataFrame = each.group_by(list(keys)).aggregate(**sums).to_pandas()
    frame = frame.sort_values(list(keys), ignore_index=True)
    return frame.astype({name: "float64" for name in frame.columns if name.endswith("_cents")})


def _merge_neighbours(plan: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame | None:
    """Merge each unsafe cell with its smaller neighbour in its block, or move it to its rest; None if all are safe."""
    unsafe = _weak(counts, rests=False)
    if not unsafe:
        return None
    sizes = counts.set_index("cell")["notional_cents"]
    cells = plan[plan["cell"] >= 0].drop_duplicates("cell")[["cell", "block", "pool"]].reset_index(drop=True)
    merged: dict[int, int] = {}
    for cell in unsafe:
        place = int(cells.index[cells["cell"] == cell][0])
        near = [p for p in (place - 1, place + 1) if 0 <= p < len(cells)]
        names = [int(cells["cell"].iloc[p]) for p in near if cells["block"].iloc[p] == cells["block"].iloc[place]]
        if not {cell, *names} & (merged.keys() | set(merged.values())):
            rest = -1 - int(cells["pool"].iloc[place])
            merged[cell] = min(names, key=lambda name: (float(sizes[name]), name)) if names else rest
    return plan.assign(cell=plan["cell"].replace(merged))


def _move_to_rest(plan: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame | None:
    """Move unsafe cells into their rests; None if there is none."""
    unsafe = _weak(counts, rests=False)
    if not unsafe:
        return None
    return plan.assign(cell=plan["cell"].where(~plan["cell"].isin(unsafe), -1 - plan["pool"]))


def _grow_rest(plan: pd.DataFrame, counts: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame | None:
    """Move one safe cell into each rest that isn't safe; None if no rest needs or can get one."""
    sizes = counts.set_index("cell")["notional_cents"]
    moved: dict[int, int] = {}
    for rest in _weak(counts, rests=True):
        others = sizes[plan.loc[(plan["cell"] >= 0) & (plan["pool"] == -1 - rest), "cell"].unique()]
        if len(others):
            moved[_least_enough(others, counts[counts["cell"] == rest].iloc[0], rule)] = rest
    return plan.assign(cell=plan["cell"].replace(moved)) if moved else None


def _least_enough(sizes: "pd.Series[float]", rest: "pd.Series[float]", rule: DisclosureRule) -> int:
    """Smallest of some cells beside which nobody dominates a rest, else the largest: few cells are lost that way."""
    wanted = rest["largest_cents"] / rule.max_account_share - rest["notional_cents"]
    ordered = sizes.sort_index().sort_values(kind="stable")
    enough = ordered[ordered >= wanted]
    return int(enough.index[0] if len(enough) else ordered.index[-1])


def _weak(counts: pd.DataFrame, *, rests: bool) -> list[int]:
    """Numbers of the unsafe cells, of rests or of all others."""
    kind = counts["cell"] < 0 if rests else counts["cell"] >= 0
    return [int(cell) for cell in counts.loc[~counts["safe"].astype(bool) & kind, "cell"]]
