"""OKX's answers about an account, v5: `account/positions`, with contract values and balances that have to be joined.

Documented shapes of API v5 as of October 2025, the ones that ccxt 4.5.90 parses: numbers are text, sizes are contracts,
signed where the side is `net`. It was not run against the live venue.
"""

import math
from collections.abc import Mapping
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
    text,
    two_names,
    units_checked,
    with_wallets,
)
from cohortiv.sources.instruments import instrument_of

VENUE: Final = "okx"
#: Asset that a wallet of several currencies is counted in.
POOLED: Final = "USD"
#: Kinds of instrument that have a line of their own; spot margin and options are left out and counted.
KINDS: Final = {"SWAP": "perpetual", "FUTURES": "future"}
#: `acctLv` of the account's configuration.
SINGLE_CURRENCY, MULTI_CURRENCY = "2", "3"
_WHERE: Final = "OKX account/positions"


def parse_positions(
    entries: object, *, values: Mapping[str, float], config: Record, balance: Record, account: str, at: datetime
) -> ParsedPositions:
    """Positions of an account.

    Parameters
    ----------
    entries : object
        `data` of `account/positions`.
    values : mapping of str to float
        What one contract is, in base units or in USD, by the venue's name; see `contract_values`. An instrument that it
        lacks takes `notionalUsd` over the mark.
    config : mapping
        The entry of `account/config`, for `acctLv`.
    balance : mapping
        The entry of `account/balance`.
    account : str
        Account id of the rows.
    at : datetime
        Time of the answer (UTC).

    Returns
    -------
    ParsedPositions
        An empty `liqPx` is not known, and the line is computed. Balance of a single-currency account: equity less
        isolated equity and unrealised profit of its cross positions; of a multi-currency one: adjusted equity, which is
        after haircuts, less unrealised profit, in USD. Other accounts have none that a table could tell.

    Raises
    ------
    DataError
        If the answer has another shape.
    """
    listed = records(entries, where=_WHERE)
    open_ = [entry for entry in listed if number(entry.get("pos")) != 0]
    kept = [entry for entry in open_ if text(entry.get("instType")) in KINDS]
    read = [_position(entry, values, account=account, at=at) for entry in kept]
    positions, mixed = units_checked(read, [number(entry.get("notionalUsd")) for entry in kept])
    left_out = len(open_) - len(kept)
    told = (f"{left_out} position(s) in spot margin or options are left out",) * bool(left_out)
    wallets = _wallets(config, balance, kept)
    notes = (*told, *two_names(positions), *mixed)
    return ParsedPositions(with_wallets(positions, wallets), len(listed) - len(open_), notes)


def contract_values(answer: object) -> dict[str, float]:
    """Base units (linear) or USD (inverse) of one contract by instrument, from `public/instruments`."""
    listed = records(answer, where="OKX public/instruments")
    return {
        text(item.get("instId")): number(item.get("ctVal")) * (optional(item.get("ctMult")) or 1) for item in listed
    }


def _wallets(config: Record, balance: Record, kept: list[Record]) -> Wallets:
    """Balances behind the cross positions."""
    level = text(config.get("acctLv"))
    if level == MULTI_CURRENCY:
        return Wallets({POOLED: number(balance.get("adjEq")) - number(balance.get("upl"))}, pooled=POOLED)
    if level != SINGLE_CURRENCY:
        return Wallets()
    held = {}
    for asset in records(balance.get("details"), where="OKX account/balance"):
        name = text(asset.get("ccy"))
        profits = [
            number(entry.get("upl"))
            for entry in kept
            if text(entry.get("ccy")) == name and text(entry.get("mgnMode")) == "cross"
        ]
        held[name] = number(asset.get("eq")) - (optional(asset.get("isoEq")) or 0.0) - math.fsum(profits)
    return Wallets(held)


def _position(entry: Record, values: Mapping[str, float], *, account: str, at: datetime) -> VenuePosition:
    """One position."""
    name, count, mark = text(entry.get("instId")), number(entry.get("pos")), number(entry.get("markPx"))
    instrument, told = instrument_of(name), text(entry.get("posSide"))
    many, px = instrument.multiplier, line(entry.get("liqPx"))
    mode, worth = margin_mode(text(entry.get("mgnMode"))), number(entry.get("notionalUsd"))
    isolated = mode == "isolated"
    size = abs(count) * values[name] if name in values else worth / (1.0 if instrument.contract == "inverse" else mark)
    return VenuePosition(
        account_id=account,
        venue=VENUE,
        symbol=instrument.symbol,
        instrument=name,
        side=told if told in {"long", "short"} else ("long" if count > 0 else "short"),
        quantity=size * (1 if instrument.contract == "inverse" else many),
        entry_price=number(entry.get("avgPx")) / many,
        mark_price=mark / many,
        leverage=number(entry.get("lever")),
        product=KINDS[text(entry.get("instType"))],
        contract=instrument.contract,
        margin_mode=mode,
        margin=optional(entry.get("margin")) if isolated else None,
        collateral_asset=text(entry.get("ccy")) or instrument.settle,
        liquidation_price=None if px is None else px / many,
        liquidation_price_known=px is not None,
        as_of=at,
    )
