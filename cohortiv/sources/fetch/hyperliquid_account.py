"""Hyperliquid's answer `clearinghouseState`: the positions of one address, which anyone may read.

Documented shape of the info endpoint as of February 2026, the one that ccxt 4.5.90 parses: numbers are text, sizes are
signed and in coins, all money is USD. It was not run against the live venue.
"""

import math
from datetime import datetime
from typing import Final

from cohortiv.sources.fetch.answers import (
    ParsedPositions,
    Record,
    VenuePosition,
    Wallets,
    line,
    margin_mode,
    moment,
    nested,
    number,
    records,
    stated,
    text,
    two_names,
    with_wallets,
)
from cohortiv.sources.instruments import instrument_of

VENUE: Final = "hyperliquid"
COLLATERAL: Final = "USDC"
_WHERE: Final = "Hyperliquid clearinghouseState"


def parse_state(answer: Record, *, account: str) -> ParsedPositions:
    """Positions of one address.

    Parameters
    ----------
    answer : mapping
        What `{"type": "clearinghouseState", "user": ...}` is answered with.
    account : str
        Account id of the rows.

    Returns
    -------
    ParsedPositions

    Raises
    ------
    DataError
        If the answer has another shape.

    Notes
    -----
    The mark is position value / size. `liquidationPx` null means that the position has no line. Margin of an isolated
    position is `marginUsed` less its unrealised profit, which the venue counts in; wallet balance of the cross ones is
    the cross account value less theirs. kPEPE is a thousand PEPE: sizes and prices are per coin.
    """
    at = moment(answer.get("time"))
    entries = [nested(entry, "position", where=_WHERE) for entry in records(answer.get("assetPositions"), where=_WHERE)]
    open_ = [entry for entry in entries if number(entry.get("szi")) != 0]
    positions = [_position(entry, account=account, at=at) for entry in open_]
    crossed = [
        number(entry.get("unrealizedPnl"))
        for entry, position in zip(open_, positions, strict=True)
        if position.margin_mode == "cross"
    ]
    value = number(nested(answer, "crossMarginSummary", where=_WHERE).get("accountValue"))
    wallet = Wallets({COLLATERAL: value - math.fsum(crossed)})
    return ParsedPositions(with_wallets(positions, wallet), len(entries) - len(open_), tuple(two_names(positions)))


def _position(entry: Record, *, account: str, at: datetime) -> VenuePosition:
    """One position."""
    name, size = text(entry.get("coin")), number(entry.get("szi"))
    instrument, leverage = instrument_of(name), nested(entry, "leverage", where=_WHERE)
    mode = margin_mode(text(leverage.get("type")))
    isolated = mode == "isolated"
    held = number(entry.get("marginUsed")) - number(entry.get("unrealizedPnl"))
    many, px = instrument.multiplier, line(entry.get("liquidationPx"))
    return VenuePosition(
        account_id=account,
        venue=VENUE,
        symbol=instrument.symbol,
        instrument=name,
        side="long" if size > 0 else "short",
        quantity=abs(size) * many,
        entry_price=number(entry.get("entryPx")) / many,
        mark_price=number(entry.get("positionValue")) / abs(size) / many,
        leverage=number(leverage.get("value")),
        margin_mode=mode,
        margin=held if isolated and held >= 0 else None,
        collateral_asset=COLLATERAL,
        liquidation_price=None if px is None else px / many,
        liquidation_price_known=stated(entry, "liquidationPx", none=lambda value: value is None),
        as_of=at,
    )
