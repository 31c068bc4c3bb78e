"""Binance's answers about an account: `positionRisk` v2 and v3 of USD-M, and of COIN-M, with what has to be joined.

Documented shapes of the derivatives API as of October 2025, the ones that ccxt 4.5.90 parses: all numbers are text. v3
has no leverage and no margin type; both come from `symbolConfig`. Wallet balances come from `account`, contract sizes
of COIN-M from `exchangeInfo`. It was not run against the live venue.
"""

from collections.abc import Iterable, Mapping, Sequence
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
    units_checked,
    with_wallets,
)
from cohortiv.sources.instruments import Instrument, instrument_of, linear

VENUE: Final = "binance"
USD_M, COIN_M = "positionRisk of USD-M", "positionRisk of COIN-M"
#: What the venue calls cross margin.
_CROSS: Final = ("cross", "crossed")
#: Asset that a wallet of several assets is counted in.
POOLED: Final = "USD"


def parse_usd_m(answer: object, *, config: object, account: str, at: datetime) -> ParsedPositions:
    """Positions of USD-M, v2 or v3, still without wallet balances.

    Parameters
    ----------
    answer : object
        List of `positionRisk`.
    config : object
        List of `symbolConfig`, empty for v2. A symbol that it lacks has no leverage, which excludes the row.
    account : str
        Account id of the rows.
    at : datetime
        Time of the answer (UTC): `updateTime` says when a position last changed, which is not the snapshot's.

    Returns
    -------
    ParsedPositions
        `positionAmt` is signed base units; a line of 0 is none; the margin of an isolated position is `isolatedWallet`,
        which leaves unrealised profit out.

    Raises
    ------
    DataError
        If the answer has another shape.
    """
    entries = records(answer, where=USD_M)
    settings = {text(item.get("symbol")): item for item in records(config, where="symbolConfig")}
    open_ = [entry for entry in entries if number(entry.get("positionAmt")) != 0]
    positions = [_linear(entry, settings.get(text(entry.get("symbol")), {}), account=account, at=at) for entry in open_]
    checked, mixed = units_checked(positions, [number(entry.get("notional")) for entry in open_])
    return ParsedPositions(checked, len(entries) - len(open_), (*two_names(positions), *mixed))


def parse_coin_m(answer: object, *, sizes: Mapping[str, float], account: str, at: datetime) -> ParsedPositions:
    """Positions of COIN-M, still without wallet balances.

    Parameters
    ----------
    answer : object
        List of `positionRisk`; it has leverage and margin type.
    sizes : mapping of str to float
        Contract USD of one contract by the venue's symbol, as `contract_sizes` has them. A symbol that it lacks takes
        `notionalValue`, in coins, times the mark.
    account : str
    at : datetime
        Time of the answer (UTC).

    Raises
    ------
    DataError
        If the answer has another shape.
    """
    entries = records(answer, where=COIN_M)
    open_ = [entry for entry in entries if number(entry.get("positionAmt")) != 0]
    positions = tuple(_inverse(entry, sizes, account=account, at=at) for entry in open_)
    checked, mixed = units_checked(positions, [_coin_worth(entry) for entry in open_])
    return ParsedPositions(checked, len(entries) - len(open_), (*two_names(positions), *mixed))


def joined(parts: Sequence[ParsedPositions], wallets: Wallets) -> ParsedPositions:
    """USD-M and COIN-M of one account, with what stands behind its cross positions."""
    every = [position for part in parts for position in part.positions]
    notes = tuple(note for part in parts for note in part.notes)
    held = with_wallets(every, wallets)
    apart = any(position.margin_mode == "cross" and position.margin is None for position in held)
    told = ("Cross positions stand on wallets that do not help each other: the venue's own lines serve",) * apart
    return ParsedPositions(held, sum(part.flat for part in parts), (*notes, *told))


def wallets_of(account: Record, *, multi_asset: bool, crossed: Iterable[VenuePosition] = ()) -> Wallets:
    """Balances behind cross positions, from `account` of USD-M or of COIN-M.

    Parameters
    ----------
    account : mapping
        Its `assets` have `crossWalletBalance`; `totalCrossWalletBalance` is all of them in USD.
    multi_asset : bool
        Whether all assets stand behind all positions (`multiAssetsMargin`).
    crossed : iterable of VenuePosition
        Positions; a common wallet serves only where all of them are on it.
    """
    if multi_asset and all(position.contract == "linear" for position in crossed):
        return Wallets({POOLED: number(account.get("totalCrossWalletBalance"))}, pooled=POOLED)
    assets = records(account.get("assets"), where="account")
    held = {text(asset.get("asset")): number(asset.get("crossWalletBalance")) for asset in assets}
    return Wallets({} if multi_asset else held)


def contract_sizes(answer: Record) -> dict[str, float]:
    """Contract USD of one contract by symbol, from `exchangeInfo` of COIN-M: 100 for BTC, 10 for the others."""
    listed = records(answer.get("symbols"), where="exchangeInfo")
    return {text(item.get("symbol")): number(item.get("contractSize")) for item in listed}


def _linear(entry: Record, config: Record, *, account: str, at: datetime) -> VenuePosition:
    """One position of USD-M."""
    name, size = text(entry.get("symbol")), number(entry.get("positionAmt"))
    named = instrument_of(name)
    instrument = linear(named, text(entry.get("marginAsset")) or named.settle)
    word = text(entry.get("marginType") or config.get("marginType")).lower()
    held = optional(entry.get("isolatedMargin"))
    mode = margin_mode(word or ("" if held is None else "isolated" if held else "cross"), cross=_CROSS)
    isolated = mode == "isolated"
    found = _position(entry, instrument, account=account, at=at)
    return replace(
        found,
        side="long" if size > 0 else "short",
        quantity=abs(size) * instrument.multiplier,
        leverage=number(entry.get("leverage") or config.get("leverage")),
        margin_mode=mode,
        margin=optional(entry.get("isolatedWallet")) if isolated else None,
    )


def _inverse(entry: Record, sizes: Mapping[str, float], *, account: str, at: datetime) -> VenuePosition:
    """One position of COIN-M."""
    name, count = text(entry.get("symbol")), number(entry.get("positionAmt"))
    mode = margin_mode(text(entry.get("marginType")).lower(), cross=_CROSS)
    isolated = mode == "isolated"
    found = _position(entry, replace(instrument_of(name), contract="inverse"), account=account, at=at)
    return replace(
        found,
        side="long" if count > 0 else "short",
        quantity=abs(count) * sizes[name] if name in sizes else _coin_worth(entry),
        leverage=number(entry.get("leverage")),
        margin_mode=mode,
        margin=optional(entry.get("isolatedWallet")) if isolated else None,
    )


def _position(entry: Record, instrument: Instrument, *, account: str, at: datetime) -> VenuePosition:
    """What both kinds have in common."""
    many, px = instrument.multiplier, line(entry.get("liquidationPrice"))
    return VenuePosition(
        account_id=account,
        venue=VENUE,
        symbol=instrument.symbol,
        instrument=text(entry.get("symbol")),
        side="",
        quantity=float("nan"),
        entry_price=number(entry.get("entryPrice")) / many,
        mark_price=number(entry.get("markPrice")) / many,
        leverage=float("nan"),
        product=instrument.product,
        contract=instrument.contract,
        margin_mode="",
        collateral_asset=instrument.settle or instrument.symbol,
        liquidation_price=None if px is None else px / many,
        liquidation_price_known=stated(entry, "liquidationPrice", none=lambda value: optional(value) == 0),
        as_of=at,
    )


def _coin_worth(entry: Record) -> float:
    """Notional of a COIN-M position, which the venue states in coins [USD]."""
    return abs(number(entry.get("notionalValue"))) * number(entry.get("markPrice"))
