"""What a venue or symbol was meant to be: the known name nearest to one that has no brackets."""

import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Final

from cohortiv.margin.brackets import Brackets
from cohortiv.margin.schedule import ScheduleKey

#: Names of the same asset elsewhere.
ALIASES: Final[Mapping[str, str]] = {"XBT": "BTC"}
#: What venues write behind a base asset: quote currencies and kinds of contract.
_SUFFIX: Final = re.compile(r"(?:USDT|USDC|FDUSD|BUSD|USD|PERPETUAL|PERP|SWAP|M)+")
#: Names less alike than this are no misspelling [1]; short tickers are all somewhat alike.
_ALIKE: Final = 0.75


def nearest_venue(name: str, known: Collection[str]) -> str | None:
    """Known venue that a name probably means, None where none is near.

    Parameters
    ----------
    name : str
        As in the table, for example "binance-futures".
    known : collection of str
        Names that are allowed.
    """
    return _nearest(name, known, plain=lambda text: re.sub(r"[^a-z0-9]", "", text.lower()), tail=re.compile(".+"))


def nearest_symbol(name: str, known: Collection[str]) -> str | None:
    """Known base asset that a name probably means, such as BTC for "btc", "XBT" or "BTC-PERP"; None where none is near.

    Parameters
    ----------
    name : str
        As in the table.
    known : collection of str
        Names that are allowed.
    """
    return _nearest(name, known, plain=_plain_symbol, tail=_SUFFIX)


def _plain_symbol(text: str) -> str:
    letters = re.sub(r"[^A-Z0-9]", "", text.upper())
    alias = next((alias for alias in ALIASES if letters.startswith(alias)), "")
    return ALIASES[alias] + letters.removeprefix(alias) if alias else letters


def _nearest(name: str, known: Collection[str], *, plain: Callable[[str], str], tail: re.Pattern[str]) -> str | None:
    """The known name that is equal once plain, else the longest one with a tail behind it, else the most alike."""
    wanted, by_plain = plain(name), {plain(other): other for other in sorted(known) if other}
    headed = [head for head in by_plain if wanted.startswith(head) and tail.fullmatch(wanted.removeprefix(head))]
    alike = get_close_matches(wanted, by_plain, n=1, cutoff=_ALIKE)
    found = wanted if wanted in by_plain else max(headed, key=len, default=alike[0] if alike else "")
    return by_plain.get(found)


def brackets_meant(wanted: ScheduleKey, brackets: Brackets) -> str:
    """What was probably meant by a venue, symbol and contract without brackets.

    Parameters
    ----------
    wanted : tuple
        Venue, symbol and contract, as in the table.
    brackets : Brackets
        Known tables.

    Returns
    -------
    str
        A question such as "did you mean the venue binance?", or what there is instead; empty where nothing is near.
    """
    venue, symbol, contract = wanted
    keys = {schedule.key for schedule in brackets.schedules}
    venues = {key[0] for key in keys}
    right = venue if venue in venues else nearest_venue(venue, venues)
    symbols = {key[1] for key in keys if key[0] == right} if right else {key[1] for key in keys}
    near = symbol if symbol in symbols else nearest_symbol(symbol, symbols)
    meant = [f"the venue {right}"] if right not in (venue, None) else []
    meant += [f"the symbol {near}"] if near not in (symbol, None) else []
    if meant:
        return f"did you mean {' and '.join(meant)}?"
    others = sorted({key[2] for key in keys if key[:2] == (venue, symbol)} - {contract})
    return f"there are brackets of its {others[0]} contract only" if others else ""
