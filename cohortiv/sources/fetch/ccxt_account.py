"""A venue through ccxt, fetched and kept: positions, brackets and histories."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.errors import UsageError
from cohortiv.sources.fetch.ccxt_history import Span, fetch_history
from cohortiv.sources.fetch.ccxt_positions import ccxt_ladders, ccxt_positions
from cohortiv.sources.fetch.ccxt_venue import CcxtVenue, open_venue
from cohortiv.sources.fetch.kept import Origin, Pages, keep, kept_files, origin_of
from cohortiv.sources.fetch.keys import Key, read_key
from cohortiv.sources.fetch.own_account import (
    BRACKETS,
    POSITIONS,
    VENUES,
    OwnAccount,
    Surroundings,
    keep_brackets,
    keep_positions,
    say_notes,
)

#: Names that ccxt has for parts of the venues that are read without it.
_ALIASES: Final = {"binance": ("binanceusdm", "binancecoinm"), "okx": ("okex",)}


def opened(name: str, around: Surroundings, *, keyed: bool) -> CcxtVenue:
    """A venue of ccxt's, with the key of the environment where one is needed.

    Parameters
    ----------
    name : str
        As ccxt has it.
    around : Surroundings
    keyed : bool
        Whether positions are asked for.

    Raises
    ------
    UsageError
        If ccxt is not installed or does not know the venue, or the key is missing or of a kind that is not read.
    """
    url = around.environment.get(f"COHORTIV_{name.upper()}_URL", "").strip()
    plain = open_venue(name, url=url, pace=around.pace, say=around.say)
    if not keyed:
        return plain
    plain.refuse_missing(POSITIONS)
    return open_venue(name, key=_key(plain, around), url=url, pace=around.pace, say=around.say)


def _key(venue: CcxtVenue, around: Surroundings) -> Key:
    """The venue's key; UsageError where it signs with what is no API key, such as a wallet's private key."""
    needed = {part for part, is_needed in venue.exchange.requiredCredentials.items() if is_needed}
    other = sorted(needed - {"apiKey", "secret", "password"})
    if other:
        raise UsageError(
            f"{venue.name} signs with {', '.join(other)}, which does more than read; no such key is taken. Export the "
            "positions by hand, and give the file with --positions."
        )
    return read_key(venue.name, passphrase="password" in needed, environment=around.environment)


def fetch_positions(asked: OwnAccount, around: Surroundings) -> Path:
    """Fetch positions of an account through ccxt and keep them.

    Parameters
    ----------
    asked : OwnAccount
        Its venue is ccxt's name.
    around : Surroundings

    Returns
    -------
    Path
        As of `own_account.fetch_positions`.

    Raises
    ------
    UsageError
        As for `opened`, and for venues that are read without ccxt, where the rights of the key are checked.
    FetchError, DataError
        If the venue does not answer, or not as documented.
    """
    own = next((venue for venue in VENUES if asked.venue in (venue, *_ALIASES.get(venue, ()))), None)
    if own is not None:
        raise UsageError(
            f"Positions on {asked.venue} were asked for through ccxt; they are read without it, and the key's rights "
            f"are checked there. Write {own} in place of ccxt:{asked.venue}."
        )
    found = ccxt_positions(opened(asked.venue, around, keyed=True), account=asked.account)
    return keep_positions(found, asked, around)


def fetch_brackets(asked: OwnAccount, around: Surroundings) -> Path:
    """Fetch the brackets of the instruments that an account was last kept with; as `own_account.fetch_brackets`."""
    venue = opened(asked.venue, around, keyed=False)
    venue.refuse_missing(BRACKETS)
    files = kept_files(asked.folder, asked.venue, kind=POSITIONS, name=asked.account)
    if not files:
        raise UsageError(
            f"Brackets of {asked.venue} are asked for by instrument, and no positions of {asked.account!r} are kept in "
            f"{asked.folder.name}. Fetch the positions first."
        )
    held = sorted(set(pd.read_parquet(files[-1], columns=["instrument"])["instrument"]))
    ladders = ccxt_ladders(venue, held)
    source, at = f"ccxt {asked.venue}", datetime.now(UTC)
    return keep_brackets(ladders, asked, around, answers=venue.answers, source=source, at=at)


def fetch_histories(
    asked: OwnAccount, around: Surroundings, *, instrument: str, kinds: tuple[str, ...], span: Span
) -> dict[str, Path]:
    """Fetch public histories of an instrument and keep them.

    Parameters
    ----------
    asked : OwnAccount
        For venue and folder.
    around : Surroundings
    instrument : str
        As ccxt writes it, such as BTC/USDT:USDT.
    kinds : tuple of str
        Of `ccxt_history.HISTORIES`; empty takes all that the venue offers.
    span : Span

    Returns
    -------
    dict of str to Path
        Kind -> file that was kept.

    Raises
    ------
    UsageError, FetchError, DataError
        As for `ccxt_history.fetch_history`; what is not offered is said before anything is asked.
    """
    venue = opened(asked.venue, around, keyed=False)
    wanted = kinds or tuple(kind for kind in venue.offers if kind not in {POSITIONS, BRACKETS})
    venue.refuse_missing(*wanted)
    venue.call("load_markets")
    found: dict[str, Path] = {}
    for kind in wanted:
        around.say(f"{asked.venue}: {kind} of {instrument}")
        venue.answers.clear()
        pages, begun = Pages(asked.folder), datetime.now(UTC)
        frame, notes = fetch_history(venue, kind, instrument=instrument, span=span, pages=pages)
        if pages.resumed:
            around.say(f"{pages.resumed:,} page(s) of {kind} were there from a fetch that had broken off")
        say_notes(notes, around)
        answers = (*(answer for answer in pages.answers if answer.fetched_at < begun), *venue.answers)
        origin: Origin = origin_of(answers, venue=asked.venue, kind=kind, name=instrument, notes=notes)
        found[kind] = keep(frame, origin, folder=asked.folder, at=span.until)
        pages.forget()
    return found
