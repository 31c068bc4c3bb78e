"""Of which symbols the whole may be told beside the withheld parts: nothing withheld follows by subtraction.

A symbol's whole less its told cells is what is withheld of it. A reader knows that sum, and of each rest the sum over
its symbols. Two things must hold. What these sums give exactly satisfies the rule: some rests together, less the
symbols that are withheld nowhere else. And an unsafe part may be a fifth smaller and a fifth larger than it is, or so
much larger that nobody would dominate it: an amount can be moved between it and the symbols that are not told, and back
in other rests, without any published sum changing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.disclosure import DisclosureRule

#: How far at least an unsafe part can be from what it holds, either way, by all published sums [1].
LEAST_SLACK: Final = 0.2
#: More sums of rests than these are not gone through: the symbol that adds them is told with the others.
_MOST_SUMS: Final = 256
#: Parts of a symbol that must not follow from the sums: a whole side, a whole range of tiers, a single cell.
_PARTS: Final = ("side", "tier_range", "rest")

Flags = npt.NDArray[np.bool_]
Amounts = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]


def told_wholes(withheld: pd.DataFrame, order: Sequence[str], rule: DisclosureRule) -> frozenset[str]:
    """Choose symbols whose whole may be told; all others are told together.

    Parameters
    ----------
    withheld : DataFrame
        account_id, symbol, side, tier_range, rest (the published sum that the row is a part of), amount: what is told
        of no symbol by itself, one row an account and place. Rows without an amount count for nothing.
    order : sequence of str
        All symbols; those named first are told first.
    rule : DisclosureRule

    Returns
    -------
    frozenset of str
        Symbols without anything withheld are always among them. What is withheld of all others together is none, or
        satisfies the rule. A single other symbol is told too, as it is the difference of the rest to the whole.
    """
    held = withheld[withheld["amount"] > 0]
    hidden = set(held["symbol"])
    told = [symbol for symbol in order if symbol not in hidden]
    if held.empty:
        return frozenset(told)
    sums = _Sums.of(held, rule)
    chosen: tuple[int, ...] = ()
    for symbol in order:
        if symbol in hidden and sums.allow(wider := (*chosen, sums.names.index(symbol))):
            chosen = wider
    found = frozenset(told) | {sums.names[place] for place in chosen}
    return frozenset(order) if len(found) == len(order) - 1 else found


@dataclass(frozen=True, eq=False)
class _Weak:
    """A withheld part of a symbol that breaks the rule.

    Attributes
    ----------
    inside : ndarray of bool, shape (n_rests,)
        Rests in which it is.
    less, more : float
        How much smaller and larger it must be possible that it is.
    """

    inside: Flags
    less: float
    more: float


@dataclass(frozen=True, eq=False)
class _Sums:
    """What is withheld, row by row and by symbol and rest.

    Attributes
    ----------
    names : list of str
        Symbols.
    account, symbol, rest : ndarray of int, shape (n_rows,)
    amount : ndarray, shape (n_rows,)
    table : ndarray, shape (n_symbols, n_rests)
        Sums of the amounts.
    weak : dict of int to tuple of _Weak
        Symbol -> its unsafe parts.
    rule : DisclosureRule
    """

    names: list[str]
    account: Numbers
    symbol: Numbers
    rest: Numbers
    amount: Amounts
    table: Amounts
    weak: dict[int, tuple[_Weak, ...]]
    rule: DisclosureRule

    @classmethod
    def of(cls, held: pd.DataFrame, rule: DisclosureRule) -> "_Sums":
        """Numbered rows, their sums and the unsafe parts of each symbol."""
        account, _ = pd.factorize(held["account_id"])
        symbol, names = pd.factorize(held["symbol"], sort=True)
        rest, rests = pd.factorize(held["rest"], sort=True)
        amount = held["amount"].to_numpy(dtype=float)
        table = np.zeros((len(names), len(rests)))
        np.add.at(table, (symbol, rest), amount)
        numbered = held.assign(symbol=symbol, number=rest)
        parts = [part for key in _PARTS for part in _unsafe_parts(numbered, key, rule, rests=len(rests))]
        weak = {place: tuple(part for owner, part in parts if owner == place) for place in range(len(names))}
        return cls([str(name) for name in names], account, symbol, rest, amount, table, weak, rule)

    def allow(self, told: tuple[int, ...]) -> bool:
        """Whether these symbols may be told, and all others together."""
        others = np.ones(len(self.names), dtype=bool)
        others[list(told)] = False
        free = self.table[others].sum(axis=0)
        slack = all(self._has_slack(place, free) for place in told) and self._others_have_slack(others, free)
        return slack and self._sums_are_safe(told, others)

    def _has_slack(self, place: int, free: Amounts) -> bool:
        """Whether each unsafe part of a told symbol can be smaller and larger, by what is free in the rests."""
        own = self.table[place]
        movable = np.where(free > 0, own, 0.0)
        for part in self.weak[place]:
            inside, outside = part.inside, ~part.inside & (own > 0)
            larger = min(float(free[inside].sum()), float(movable[outside].sum()))
            smaller = min(float(movable[inside].sum()), float(free[outside].sum()))
            if larger < part.more or smaller < part.less:
                return False
        return True

    def _others_have_slack(self, others: Flags, free: Amounts) -> bool:
        """Whether each unsafe part of what the others hold can be smaller and larger, by one told symbol."""
        told = self.table[~others]
        for part in self._weak_parts(others):
            elsewhere = (told > 0) & (free > 0) & ~part.inside
            beside = told[:, part.inside].sum(axis=1)
            more = np.minimum(beside, (elsewhere * free).sum(axis=1)).max(initial=0.0)
            less = np.where(beside > 0, (elsewhere * told).sum(axis=1), 0.0).max(initial=0.0)
            if more < part.more or less < part.less:
                return False
        return True

    def _weak_parts(self, others: Flags) -> list[_Weak]:
        """Rests in which what the others hold together is unsafe; of a single other symbol all its unsafe parts."""
        if others.sum() == 1:
            return list(self.weak[int(others.argmax())])
        found = []
        for place in range(self.table.shape[1]):
            own = self._own(others[self.symbol] & (self.rest == place))
            if not _is_safe(own, self.rule):
                inside = np.arange(self.table.shape[1]) == place
                found.append(_Weak(inside, LEAST_SLACK * float(own.sum()), _wanted(own, self.rule)))
        return found

    def _sums_are_safe(self, told: tuple[int, ...], others: Flags) -> bool:
        """Whether rests less the symbols that are withheld nowhere else are cells that may be told."""
        group = np.full(len(self.names), len(told))
        group[list(told)] = range(len(told))
        owner = group[self.symbol]
        places = np.zeros((len(told) + 1, self.table.shape[1]), dtype=bool)
        places[owner, self.rest] = True
        if not all(_is_safe(self._own(owner == group[place]), self.rule) for place in (told[-1], int(others.argmax()))):
            return False
        unions = _unions(places)
        if len(unions) > _MOST_SUMS:
            return False
        left: Flags = np.any(places & ~unions[:, None, :], axis=2)
        sums: Flags = unions[:, self.rest] & left[:, owner]
        return all(_is_safe(self._own(np.asarray(rows)), self.rule) for rows in sums)

    def _own(self, chosen: Flags) -> Amounts:
        """What each account holds of some rows."""
        own = np.bincount(self.account[chosen], weights=self.amount[chosen]).astype(np.float64)
        return own[own > 0]


def _unions(places: Flags) -> Flags:
    """All unions of some sets of rests, each once; more than `_MOST_SUMS` are not completed."""
    unions = np.zeros((1, places.shape[1]), dtype=bool)
    for flags in np.unique(places, axis=0):
        unions = np.unique(np.concatenate([unions, unions | flags]), axis=0)
        if len(unions) > _MOST_SUMS:
            break
    return unions


def _is_safe(own: Amounts, rule: DisclosureRule) -> bool:
    """Whether accounts that hold so much are none, or together satisfy the rule."""
    return not len(own) or (len(own) >= rule.min_accounts and own.max() <= rule.max_account_share * own.sum())


def _wanted(own: Amounts, rule: DisclosureRule) -> float:
    """How much larger an unsafe part must be possible to be."""
    fifth = LEAST_SLACK * float(own.sum())
    if len(own) < rule.min_accounts:
        return fifth
    return min(fifth, float(own.max()) / rule.max_account_share - float(own.sum()))


def _unsafe_parts(held: pd.DataFrame, key: str, rule: DisclosureRule, *, rests: int) -> list[tuple[int, _Weak]]:
    """Symbols, and the parts of them, by a key, that break the rule."""
    own = held.groupby(["symbol", key, "account_id"])["amount"].sum().reset_index()
    accounts = own.groupby(["symbol", key])["amount"].agg(list).tolist()
    owners = own.drop_duplicates(["symbol", key])["symbol"].tolist()
    places = held.groupby(["symbol", key])["number"].agg(set).tolist()
    parts = []
    for owner, amounts, numbers in zip(owners, map(np.array, accounts), places, strict=True):
        if not _is_safe(amounts, rule):
            inside = np.isin(np.arange(rests), list(numbers))
            parts.append((owner, _Weak(inside, LEAST_SLACK * float(amounts.sum()), _wanted(amounts, rule))))
    return parts
