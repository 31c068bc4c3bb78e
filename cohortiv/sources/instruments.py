"""One symbol name: the base asset, kind of contract and multiplier behind what venues call an instrument."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from cohortiv.schema import STABLECOINS

Contract = Literal["linear", "inverse"]
Product = Literal["perpetual", "future", "option", "margin"]

#: Names of the same asset elsewhere: BitMEX, Kraken and KuCoin write XBT, Kraken XDG.
ALIASES: Final = {"XBT": "BTC", "XDG": "DOGE"}
#: Quotes of contracts; BUSD and TUSD have none any more, and BNBUSD is BNB in USD.
_QUOTES: Final = "USDT|USDC|USD"
#: A day, as venues write when a contract ends: 240628, 27DEC24, 20240628.
_DAY: Final = r"(?:\d{6}|\d{8}|\d{1,2}[A-Z]{3}\d{2})"
#: How venues write an instrument. The first that fits counts; `base` and, where written, `quote`, `settle`, `ends`,
#: `option` are its parts. ccxt and OKX separate them, Binance and Bybit don't.
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        r"(?P<base>\w+)/(?P<quote>\w+):(?P<settle>\w+)(?:-(?P<ends>\d{6})(?:-(?P<option>[\d.]+-[CP]))?)?",
        r"(?P<base>\w+)/(?P<quote>\w+)",
        rf"P(?P<settle>[FI])_(?P<base>\w+?)(?P<quote>{_QUOTES})",
        rf"F(?P<settle>[FI])_(?P<base>\w+?)(?P<quote>{_QUOTES})_(?P<ends>{_DAY})",
        rf"(?P<base>\w+?)[-_](?P<quote>{_QUOTES})(?:[-_](?:SWAP|PERPETUAL|PERP))?",
        rf"(?P<base>\w+?)[-_](?P<quote>{_QUOTES})[-_](?P<ends>{_DAY})(?P<option>-[\d.]+-[CP])?",
        rf"(?P<base>[A-Z0-9]+)-(?P<ends>{_DAY})(?P<option>-[\d.]+-[CP](?:-USDT)?)?",
        rf"(?P<base>\w+?)(?P<quote>{_QUOTES})_(?P<ends>{_DAY})",
        r"(?P<base>\w+?)(?P<quote>USD)(?P<ends>[FGHJKMNQUVXZ]\d{2})",
        rf"(?P<base>\w+?)(?P<quote>{_QUOTES})(?:_PERP|M)?",
        r"(?P<base>\w+?)[-_]?(?:PERPETUAL|PERP|SWAP)",
        r"(?P<base>\w+)",
    )
)
#: Coins in one unit of an instrument, as its name says: 1000PEPE, SHIB1000, 1MBABYDOGE, kPEPE.
_MULTIPLIERS: Final = (
    (re.compile(r"(10{3,6})(?P<base>[A-Z]\w*)"), None),
    (re.compile(r"(?P<base>[A-Z]{3,})(1000)"), None),
    (re.compile(r"1M(?P<base>[A-Z]{4,})"), 1e6),
    (re.compile(r"k(?P<base>[A-Z]\w*)"), 1e3),
)


@dataclass(frozen=True)
class Instrument:
    """What a venue's name of an instrument says.

    Attributes
    ----------
    symbol : str
        Base asset, such as BTC; the name itself where nothing of it is known.
    multiplier : float
        Coins in one unit of quantity: 1000 of 1000PEPE and of kPEPE. Quantities times it are coins, prices divided by
        it are prices of a coin [1].
    contract : {"linear", "inverse"}
        Inverse where it is settled in the base asset, as the name says it.
    product : {"perpetual", "future", "option", "margin"}
        A name without a day is a perpetual.
    settle : str
        Asset of its margin; empty where the name does not say.
    """

    symbol: str
    multiplier: float = 1.0
    contract: Contract = "linear"
    product: Product = "perpetual"
    settle: str = ""


def instrument_of(name: str) -> Instrument:
    """Read a venue's name of an instrument.

    Parameters
    ----------
    name : str
        Such as BTCUSDT, BTC-USDT-SWAP, BTC/USDT:USDT, XBTUSD, BTCUSD_PERP, 1000PEPEUSDT, kPEPE or BTC.

    Returns
    -------
    Instrument

    Notes
    -----
    Quoted in USD and not in a stablecoin a contract is inverse where the name has no settlement of its own: so it is on
    Binance, Bybit, OKX and BitMEX. Kraken's names begin with PF (linear) or PI (inverse). A venue whose linear
    contracts are named BTC-USD has to say so itself.
    """
    form = next((found for pattern in _FORMS if (found := pattern.fullmatch(name.strip()))), None)
    if form is None:
        return Instrument(name.strip())
    parts = form.groupdict()
    base, multiplier = _base(parts["base"])
    quote, settle = parts.get("quote") or "", parts.get("settle") or ""
    settled = {"F": "USD", "I": base}.get(settle, ALIASES.get(settle, settle)) or (base if quote == "USD" else quote)
    product: Product = "option" if parts.get("option") else "future" if parts.get("ends") else "perpetual"
    contract: Contract = "inverse" if quote and settled == base and base not in STABLECOINS else "linear"
    return Instrument(base, multiplier, contract, product, settled)


def several_names(names: Iterable[str]) -> dict[str, Instrument]:
    """Names of symbols that stand beside another name of the same, and what they say; none where each has one name.

    Parameters
    ----------
    names : iterable of str
        All names of a table; BTC and BTCUSDT give BTCUSDT, BTC-USDT-SWAP and BTCUSDT give both.
    """
    found = {name: instrument_of(name) for name in names if name}
    count = Counter(one.symbol for one in found.values())
    return {name: one for name, one in found.items() if count[one.symbol] > 1 and one != Instrument(name)}


def linear(instrument: Instrument, settle: str) -> Instrument:
    """The same instrument on a venue whose contracts are all linear, whatever its name looks like."""
    return replace(instrument, contract="linear", settle=settle)


def _base(name: str) -> tuple[str, float]:
    """Base asset of an instrument's own, and how many of it are one unit."""
    for pattern, multiplier in _MULTIPLIERS:
        if found := pattern.fullmatch(name):
            counted = multiplier or float(next(group for group in found.groups() if group and group.isdigit()))
            return ALIASES.get(found["base"], found["base"]), counted
    return ALIASES.get(name, name), 1.0
