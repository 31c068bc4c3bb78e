"""Bybit's answers about an account, v5: `position/list`, with what has to be joined from the account.

Documented shapes of API v5 as of October 2025, the ones that ccxt 4.5.90 parses: numbers are text, sizes are positive
with a side beside them. It was not run against the live venue.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from cohortiv.sources.fetch.answers import (
    ParsedPositions,
    Record,
    VenuePosition,
    Wallets,
    line,
    margin_mode,
    number,
    optional,
    records,
    stated,
    text,
    two_names,
    with_wallets,
)
from cohortiv.sources.instruments import instrument_of

VENUE: Final = "bybit"
#: Asset that the unified wallet is counted in.
POOLED: Final = "USD"
#: Words of `marginMode` of the account.
ISOLATED, REGULAR, PORTFOLIO = "ISOLATED_MARGIN", "REGULAR_MARGIN", "PORTFOLIO_MARGIN"
_SIDES: Final = {"Buy": "long", "Sell": "short"}
_WHERE: Final = "Bybit position/list"


def parse_positions(entries: object, *, info: Record, wallet: Record, account: str, at: datetime) -> ParsedPositions:
    """Positions of a unified account.

    Parameters
    ----------
    entries : object
        `result.list` of all pages and categories: linear contracts in base units, inverse ones in USD.
    info : mapping
        `result` of `account/info`, whose `marginMode` counts for the whole account; `tradeMode` of a position counts
        where it is 1, which is isolated in the accounts of old.
    wallet : mapping
        The entry of `account/wallet-balance`.
    account : str
        Account id of the rows.
    at : datetime
        Time of the answer (UTC).

    Returns
    -------
    ParsedPositions
        An empty `liqPrice` is a line outside the venue's range of prices, so there is none; under portfolio margin the
        venue states no line, and it is not known. The balance is the margin balance after the venue's haircuts, less
        the unrealised profit of the contracts, in USD: coins in it count with today's price.

    Raises
    ------
    DataError
        If the answer has another shape.
    """
    listed = records(entries, where=_WHERE)
    open_ = [entry for entry in listed if number(entry.get("size")) != 0]
    mode = text(info.get("marginMode"))
    positions = [_position(entry, mode=mode, account=account, at=at) for entry in open_]
    return ParsedPositions(
        with_wallets(positions, _wallets(wallet, mode=mode)),
        len(listed) - len(open_),
        (*two_names(positions), *_unknown_lines(positions, mode=mode)),
    )


def _wallets(wallet: Record, *, mode: str) -> Wallets:
    """The common balance; under portfolio margin it stands for more than the rules of one contract tell."""
    if mode == PORTFOLIO:
        return Wallets()
    balance, profit = (number(wallet.get(name)) for name in ("totalMarginBalance", "totalPerpUPL"))
    return Wallets({POOLED: balance - profit}, pooled=POOLED)


def _position(entry: Record, *, mode: str, account: str, at: datetime) -> VenuePosition:
    """One position."""
    name = text(entry.get("symbol"))
    instrument = instrument_of(name)
    many, px = instrument.multiplier, line(entry.get("liqPrice"))
    isolated = mode == ISOLATED or number(entry.get("tradeMode")) == 1
    margin = margin_mode("isolated" if isolated else mode, cross=(REGULAR, PORTFOLIO))
    found = VenuePosition(
        account_id=account,
        venue=VENUE,
        symbol=instrument.symbol,
        instrument=name,
        side=_SIDES.get(text(entry.get("side")), text(entry.get("side"))),
        quantity=number(entry.get("size")) * (1 if instrument.contract == "inverse" else many),
        entry_price=_entry(entry) / many,
        mark_price=number(entry.get("markPrice")) / many,
        leverage=number(entry.get("leverage")),
        product=instrument.product,
        contract=instrument.contract,
        margin_mode=margin,
        margin=_held(entry) if isolated else None,
        collateral_asset=instrument.settle or "USDC",
        liquidation_price=None if px is None else px / many,
        liquidation_price_known=px is not None
        or (mode != PORTFOLIO and stated(entry, "liqPrice", none=lambda value: value == "")),
        as_of=at,
    )
    return replace(found, collateral_asset=found.symbol) if found.contract == "inverse" else found


def _entry(entry: Record) -> float:
    """Average entry [USD]; accounts of old call it `entryPrice`."""
    found = number(entry.get("avgPrice"))
    return number(entry.get("entryPrice")) if math.isnan(found) else found


def _held(entry: Record) -> float | None:
    """Margin of an isolated position; 0 and blank stand for not told, and notional over leverage then counts."""
    return optional(entry.get("positionBalance")) or None


def _unknown_lines(positions: Sequence[VenuePosition], *, mode: str) -> tuple[str, ...]:
    """What to say of portfolio margin."""
    if mode != PORTFOLIO or all(position.liquidation_price_known for position in positions):
        return ()
    return ("Under portfolio margin Bybit states no liquidation price for some positions: they cannot be computed",)
