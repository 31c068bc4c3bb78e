"""An own account, fetched and kept: its positions, and the brackets of its venue."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.fetch import own_brackets, own_positions
from cohortiv.sources.fetch.addresses import connect
from cohortiv.sources.fetch.answers import OWN, position_frame
from cohortiv.sources.fetch.asking import Connect
from cohortiv.sources.fetch.client import Answer, Pace, Say, VenueClient
from cohortiv.sources.fetch.kept import keep, kept_files, kept_folder, origin_of
from cohortiv.sources.fetch.keys import Key, read_key
from cohortiv.sources.fetch.own_positions import FetchedPositions
from cohortiv.sources.fetch.venue_brackets import Ladder, bracket_frame

#: Venues whose positions are read without ccxt; the value tells whether their keys have a passphrase.
VENUES: Final[Mapping[str, bool]] = {"binance": False, "bybit": False, "hyperliquid": False, "okx": True}
#: Kinds, as folders of what is kept name them.
POSITIONS, BRACKETS = "positions", "brackets"
#: What two accounts hardly have in common, row by row.
_SAME: Final = ["instrument", "side", "quantity", "entry_price"]
_KEYED: Final[Mapping[str, Callable[..., FetchedPositions]]] = {
    "binance": own_positions.binance_positions,
    "bybit": own_positions.bybit_positions,
    "okx": own_positions.okx_positions,
}


@dataclass(frozen=True)
class OwnAccount:
    """Whose positions are fetched, and where they are kept.

    Attributes
    ----------
    venue : str
        Of `VENUES`.
    folder : Path
        Folder of all that was fetched.
    account : str
        Account id of the rows, and the name of the folder they are kept in; no key and no name of a person is needed.
    addresses : tuple of str
        Accounts of Hyperliquid, each with an id of its own.
    """

    venue: str
    folder: Path
    account: str = OWN
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What a fetch needs beside its question.

    Attributes
    ----------
    environment : mapping
        Has the keys, and COHORTIV_<VENUE>_URL where a venue is asked elsewhere.
    pace : Pace or None
        None takes the usual one.
    say : callable
        Takes one line of progress or warning.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    pace: Pace | None = None
    say: Say = lambda _: None


def fetch_positions(asked: OwnAccount, around: Surroundings) -> Path:
    """Fetch positions and keep them.

    Parameters
    ----------
    asked : OwnAccount
    around : Surroundings

    Returns
    -------
    Path
        Parquet in the columns of the position table, one snapshot, dated by the venue's clock.

    Raises
    ------
    UsageError
        If the venue is not known, the key is not in the environment, or it may do more than read.
    FetchError, DataError
        If the venue does not answer, or not as documented.
    """
    refuse_unknown(asked.venue)
    clients: list[VenueClient] = []
    if asked.venue == "hyperliquid":
        join = _connect(None, around, clients)
        found = own_positions.hyperliquid_positions(asked.addresses, connect=join)
    else:
        key = read_key(asked.venue, passphrase=VENUES[asked.venue], environment=around.environment)
        found = _KEYED[asked.venue](key, account=asked.account, connect=_connect(key, around, clients))
    told = dict.fromkeys(notice for client in clients for notice in client.notices)
    return keep_positions(found, asked, around, told=tuple(told))


def keep_positions(
    found: FetchedPositions, asked: OwnAccount, around: Surroundings, *, told: Sequence[str] = ()
) -> Path:
    """Say what was found, and keep it.

    Parameters
    ----------
    found : FetchedPositions
    asked : OwnAccount
    around : Surroundings
    told : sequence of str
        Notices that were said before and belong to the origin.

    Returns
    -------
    Path
        As of `fetch_positions`.
    """
    at = found.as_of.replace(microsecond=0)
    frame = position_frame(replace(position, as_of=at) for position in found.parsed.positions)
    notes = (found.rights, *found.parsed.notes, *_unread(frame, asked.venue), *_twice(frame, asked))
    say_notes(notes, around)
    around.say(f"{asked.venue}: {len(found.parsed.positions):,} position(s) at {found.as_of:%Y-%m-%d %H:%M:%S} UTC")
    origin = origin_of(found.answers, venue=asked.venue, kind=POSITIONS, name=asked.account, notes=(*notes, *told))
    return keep(frame, origin, folder=asked.folder, at=at)


def _unread(frame: pd.DataFrame, venue: str) -> Iterator[str]:
    """How many positions lack what only the venue can tell; a field may have got another name or form."""
    unlined, unsized = int((~frame["liquidation_price_known"]).sum()), int(frame["quantity"].isna().sum())
    if unlined:
        yield f"{venue}: {unlined:,} of {len(frame):,} position(s) come without a line; it is computed where it can be"
    if unsized:
        yield f"{venue}: {unsized:,} of {len(frame):,} position(s) come without a readable size and don't count"


def _twice(frame: pd.DataFrame, asked: OwnAccount) -> Iterator[str]:
    """Other accounts on the venue that were last kept with the same positions: one account under two names."""
    own = frame[_SAME]
    folder = kept_folder(asked.folder, asked.venue, kind=POSITIONS, name=asked.account)
    others = sorted(path for path in folder.parent.glob("*") if path.is_dir() and path != folder)
    for other in others if len(frame) else ():
        files = kept_files(asked.folder, asked.venue, kind=POSITIONS, name=other.name)
        if files and _rows(files[-1]) == list(own.itertuples(index=False, name=None)):
            yield (
                f"{asked.venue} {asked.account}: the same positions as those kept under {other.name!r}. One key under "
                "two names counts twice in a cohort of both; take one of them out"
            )


def _rows(path: Path) -> list[tuple[object, ...]] | None:
    """Positions of a kept file; None where it cannot be read, which is told when it is used."""
    try:
        return list(pd.read_parquet(path, columns=_SAME).itertuples(index=False, name=None))
    except (OSError, ValueError):
        return None


def say_notes(notes: Sequence[str], around: Surroundings) -> None:
    """Tell what there is to know of what was found."""
    for note in notes:
        around.say(f"Note: {note}")


def fetch_brackets(asked: OwnAccount, around: Surroundings) -> Path:
    """Fetch a venue's brackets and keep them.

    Parameters
    ----------
    asked : OwnAccount
        OKX is asked for the instruments of the positions that are kept of the account.
    around : Surroundings

    Returns
    -------
    Path
        CSV for `--brackets`; the same as Parquet with its origin lies beside it.

    Raises
    ------
    UsageError, FetchError, DataError
        As for `fetch_positions`.
    """
    refuse_unknown(asked.venue)
    ladders, answers = _ladders(asked, around)
    at = answers[-1].fetched_at.astimezone(UTC)
    return keep_brackets(ladders, asked, around, answers=answers, source=answers[0].endpoint, at=at)


def keep_brackets(
    ladders: Sequence[Ladder],
    asked: OwnAccount,
    around: Surroundings,
    *,
    answers: Sequence[Answer],
    source: str,
    at: datetime,
) -> Path:
    """Say which brackets were found, and keep them.

    Parameters
    ----------
    ladders : sequence of Ladder
    asked : OwnAccount
    around : Surroundings
    answers : sequence of Answer
        What they are from.
    source : str
        Whose they are, in words.
    at : datetime
        When they came; they hold from its day on.

    Returns
    -------
    Path
        As of `fetch_brackets`.
    """
    frame, notes = bracket_frame(ladders, effective_from=at.date(), source=source)
    if frame.empty:
        raise DataError(
            f"{asked.venue} answered without a bracket that can be used. Nothing is kept; fetch again, or bring a "
            "table of your own with --brackets."
        )
    say_notes(notes, around)
    origin = origin_of(answers, venue=asked.venue, kind=BRACKETS, name=asked.account, notes=notes)
    table = keep(frame, origin, folder=asked.folder, at=at).with_suffix(".csv")
    frame.to_csv(table, index=False)
    around.say(f"{asked.venue}: brackets of {frame['symbol'].nunique():,} symbol(s)")
    return table


def refuse_unknown(venue: str) -> None:
    """UsageError for a venue whose positions are not read here."""
    if venue not in VENUES:
        raise UsageError(
            f"Positions on {venue!r} were asked for; read are those on {', '.join(VENUES)}, and with ccxt those on "
            f"many others: write ccxt:{venue}. Check the spelling."
        )


def _ladders(asked: OwnAccount, around: Surroundings) -> tuple[list[Ladder], list[Answer]]:
    if asked.venue in own_brackets.NEEDS_KEY:
        key = read_key(asked.venue, passphrase=VENUES[asked.venue], environment=around.environment)
        return own_brackets.binance_brackets(key, connect=_connect(key, around, []))
    join = _connect(None, around, [])
    if asked.venue == "okx":
        return own_brackets.okx_brackets(_held_instruments(asked), connect=join)
    fetch = {"bybit": own_brackets.bybit_brackets, "hyperliquid": own_brackets.hyperliquid_brackets}[asked.venue]
    return fetch(connect=join)


def _held_instruments(asked: OwnAccount) -> Sequence[str]:
    """Perpetuals in the positions that were kept last."""
    files = kept_files(asked.folder, asked.venue, kind=POSITIONS, name=asked.account)
    if not files:
        raise UsageError(
            f"Brackets of {asked.venue} are asked for by instrument, and no positions of {asked.account!r} are kept in "
            f"{asked.folder.name}. Fetch the positions first."
        )
    held = pd.read_parquet(files[-1], columns=["instrument", "product"])
    return [str(name) for name in held.loc[held["product"] == "perpetual", "instrument"].unique()]


def _connect(key: Key | None, around: Surroundings, clients: list[VenueClient]) -> Connect:
    """How hosts are reached; the clients that are made are collected, as they may have something to tell."""
    secrets = key.secrets if key else ()

    def join(host: str) -> VenueClient:
        client = connect(host, secrets=secrets, pace=around.pace, say=around.say, environment=around.environment)
        clients.append(client)
        return client

    return join
