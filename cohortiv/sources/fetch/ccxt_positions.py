"""Positions and brackets through ccxt: its unified structures in house words.

Structures of ccxt 4.5.90. A unified position has no wallet balance behind cross positions, so the venue's own lines
serve; minima of its tiers are notional in the quote, but sizes on OKX and coins on inverse contracts.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from cohortiv.sources.fetch.answers import (
    ParsedPositions,
    Record,
    VenuePosition,
    line,
    number,
    optional,
    records,
    text,
    two_names,
    units_checked,
)
from cohortiv.sources.fetch.ccxt_venue import CcxtVenue
from cohortiv.sources.fetch.keys import refuse_rights
from cohortiv.sources.fetch.own_positions import FetchedPositions
from cohortiv.sources.fetch.venue_brackets import Ladder, Tier
from cohortiv.sources.instruments import Instrument, instrument_of

#: Venue of ccxt's whose tiers are sizes and no notional.
_SIZES: Final = frozenset({"okx", "okxus", "myokx", "mexc"})
#: Field of the venue's own answer that has the leverage of cross positions, where the unified one is 0.
_CROSS_LEVERAGE: Final = {"gate": "cross_leverage_limit", "gateio": "cross_leverage_limit"}


def ccxt_positions(venue: CcxtVenue, *, account: str) -> FetchedPositions:
    """Positions of an account.

    Parameters
    ----------
    venue : CcxtVenue
        With a key.
    account : str
        Account id of the rows.

    Raises
    ------
    UsageError
        If the venue does not offer positions.
    FetchError, DataError
        If it does not answer, or not as documented.
    """
    venue.refuse_missing("positions")
    at = venue.now()
    parsed = parse_unified(venue.call("fetch_positions"), venue=venue.name, account=account, at=at)
    parsed = replace(parsed, notes=(*parsed.notes, *venue.notices))
    return FetchedPositions(venue.name, at, parsed, tuple(venue.answers), refuse_rights(venue.name, {}))


def parse_unified(answer: object, *, venue: str, account: str, at: datetime) -> ParsedPositions:
    """Unified positions in house words.

    Parameters
    ----------
    answer : object
        What `fetchPositions` gives.
    venue, account : str
    at : datetime
        Time of the answer (UTC).

    Returns
    -------
    ParsedPositions
        Quantity is contracts times contract size. A margin mode or a leverage that the venue does not tell stays empty,
        which excludes the row. The mark is the notional over the size where there is none. Margin of isolated positions
        is `positionMargin`, or the collateral less unrealised profit.
    """
    listed = records(answer, where=f"{venue} fetchPositions")
    open_ = [entry for entry in listed if number(entry.get("contracts")) != 0]
    read = [_position(entry, venue=venue, account=account, at=at) for entry in open_]
    positions, mixed = units_checked(read, [_stated(entry) for entry in open_])
    unlined = sum(not held.liquidation_price_known and held.margin_mode == "cross" for held in positions)
    told = (f"{unlined} cross position(s) have neither a line nor a balance from {venue}",) * bool(unlined)
    return ParsedPositions(positions, len(listed) - len(open_), (*told, *two_names(positions), *mixed))


def _position(entry: Record, *, venue: str, account: str, at: datetime) -> VenuePosition:
    """One position."""
    name = text(entry.get("symbol"))
    instrument = instrument_of(name)
    many, px, size = instrument.multiplier, _line(entry), _size(entry)
    isolated = text(entry.get("marginMode")) == "isolated"
    return VenuePosition(
        account_id=account,
        venue=venue,
        symbol=instrument.symbol,
        instrument=name,
        side=text(entry.get("side")),
        quantity=size * (1 if instrument.contract == "inverse" else many),
        entry_price=number(entry.get("entryPrice")) / many,
        mark_price=_mark(entry, instrument, size=size) / many,
        leverage=_leverage(entry, venue),
        product=instrument.product,
        contract=instrument.contract,
        margin_mode=text(entry.get("marginMode")),
        margin=_margin(entry) if isolated else None,
        collateral_asset=instrument.settle or "USD",
        liquidation_price=None if px is None else px / many,
        liquidation_price_known=px is not None,
        as_of=at,
    )


def _line(entry: Record) -> float | None:
    """The venue's own line: one that stands in its answer too. ccxt works out others from what margin there is."""
    px, raw = line(entry.get("liquidationPrice")), entry.get("info")
    if px is None or not isinstance(raw, Mapping) or not raw:
        return px
    return px if any(math.isclose(value, px, rel_tol=1e-9) for value in _numbers(raw)) else None


def _numbers(raw: object) -> Iterator[float]:
    """All numbers of a venue's answer, however deep, those that are written as text too."""
    if isinstance(raw, Mapping):
        for value in raw.values():
            yield from _numbers(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from _numbers(value)
    elif (told := optional(raw)) is not None:
        yield told


def _stated(entry: Record) -> float:
    """Notional of a linear contract [quote]; that of an inverse one is coins on some venues, and is not compared."""
    is_linear = instrument_of(text(entry.get("symbol"))).contract == "linear"
    return number(entry.get("notional")) if is_linear else float("nan")


def _leverage(entry: Record, venue: str) -> float:
    """Declared leverage; 0 stands for cross on some venues, which state it elsewhere."""
    told, raw = number(entry.get("leverage")), entry.get("info")
    if told == 0 and venue in _CROSS_LEVERAGE and isinstance(raw, Mapping):
        return number(raw.get(_CROSS_LEVERAGE[venue]))
    return told


def _size(entry: Record) -> float:
    """Contracts times what one is; ccxt gives no size of a contract where it is one."""
    each = optional(entry.get("contractSize"))
    return number(entry.get("contracts")) * (1.0 if each is None else each)


def _mark(entry: Record, instrument: Instrument, *, size: float) -> float:
    """The mark [USD]; where the venue has none, the notional over the size of a linear contract."""
    told = optional(entry.get("markPrice"))
    if told:
        return told
    return number(entry.get("notional")) / size if instrument.contract == "linear" else float("nan")


def _margin(entry: Record) -> float | None:
    """Margin behind an isolated position, unrealised profit left out."""
    told = optional(entry.get("positionMargin"))
    held = number(entry.get("collateral")) - (optional(entry.get("unrealizedPnl")) or 0.0)
    return told if told is not None else (held if held >= 0 else None)


def ccxt_ladders(venue: CcxtVenue, instruments: Sequence[str]) -> list[Ladder]:
    """Brackets of these instruments; UsageError where the venue does not offer them, or offers sizes."""
    venue.refuse_missing("brackets")
    venue.call("load_markets")
    if venue.exchange.has.get("fetchLeverageTiers"):
        tiers = venue.call("fetch_leverage_tiers", list(instruments))
    else:
        tiers = {name: venue.call("fetch_market_leverage_tiers", name) for name in instruments}
    return [_ladder(venue, name, rows) for name, rows in tiers.items() if name in instruments]


def _ladder(venue: CcxtVenue, name: str, rows: object) -> Ladder:
    """One instrument's ladder; in contracts and not in notional it has a hole, and so is left out and named."""
    instrument = instrument_of(name)
    unit = float("nan") if venue.name in _SIZES or instrument.contract == "inverse" else 1.0
    tiers = tuple(
        Tier(
            number(row.get("minNotional")) * unit,
            number(row.get("maintenanceMarginRate")),
            number(row.get("maxLeverage")),
        )
        for row in records(rows, where=f"{venue.name} leverage tiers")
    )
    return Ladder(venue.name, name, instrument.contract, tiers)
