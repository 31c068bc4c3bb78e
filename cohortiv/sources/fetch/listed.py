"""Names of instruments against what a venue lists: one that it has not is refused with those that it has."""

from collections.abc import Collection
from typing import Final

from cohortiv.errors import DataError
from cohortiv.sources.instruments import Instrument, instrument_of

#: Names that an error shows.
_SHOWN: Final = 8


def refuse_unlisted(name: str, names: Collection[str], *, venue: str, example: str) -> None:
    """Refuse an instrument that a venue does not list.

    Parameters
    ----------
    name : str
        As asked.
    names : collection of str
        As the venue lists them.
    venue : str
    example : str
        A name that the venue has.

    Raises
    ------
    DataError
        If it is not among them; names of the same asset are told, so that one asset under two names is the user's
        choice and nobody's guess.
    """
    if name in names:
        return
    symbol = instrument_of(name).symbol
    same = sorted(other for other in names if instrument_of(other).symbol == symbol)
    told = f"of {symbol} there are {', '.join(same[:_SHOWN])}" if same else f"nothing of {symbol} is listed"
    raise DataError(
        f"{venue} has no {name!r} among its {len(names):,} instruments; {told}. Name the instrument as the venue "
        f"writes it, such as {venue}:{example}."
    )


def notes_of(name: str, instrument: Instrument, *, venue: str, state: str, trading: str) -> tuple[str, ...]:
    """What is to be known of an instrument.

    Parameters
    ----------
    name : str
    instrument : Instrument
        What the name says.
    venue : str
    state, trading : str
        State that the venue tells, and the word for one that trades; empty where it tells none.

    Returns
    -------
    tuple of str
        That it does not trade, that it counts in thousands, and that it is inverse.
    """
    told = []
    if state != trading:
        told.append(f"{name} is {state or 'of unknown state'} on {venue}, not trading")
    if instrument.multiplier != 1:
        told.append(f"{name} counts in {instrument.multiplier:,.0f} {instrument.symbol}: mapped to one coin")
    if instrument.contract == "inverse":
        told.append(f"{name} is settled in {instrument.symbol}; a reconstruction takes its lines as if in USD")
    return tuple(told)
