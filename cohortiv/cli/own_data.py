"""What `cohortiv fetch` does with accounts of one's own, and with venues through ccxt."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cohortiv.errors import UsageError

if TYPE_CHECKING:
    from cohortiv.sources.fetch.own_account import OwnAccount, Surroundings

#: Kinds that are of an account; all others are public data of an instrument.
OWN_KINDS: Final = ("positions", "brackets")
CCXT: Final = "ccxt"
#: An account of Hyperliquid.
ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True)
class OwnFetch:
    """What was asked of `cohortiv fetch`.

    Attributes
    ----------
    source : str
        VENUE, VENUE:ACCOUNT, ccxt:VENUE or ccxt:VENUE:NAME.
    kinds : tuple of str
    out : Path
        Folder of all that is fetched.
    days : int
        How far back histories go.
    addresses : tuple of str
        Accounts of Hyperliquid.
    """

    source: str
    kinds: tuple[str, ...]
    out: Path
    days: int
    addresses: tuple[str, ...] = ()


def is_own(source: str, kinds: Sequence[str]) -> bool:
    """Whether an account is asked for, or ccxt is to be asked."""
    return source.partition(":")[0] == CCXT or bool(set(kinds) & set(OWN_KINDS))


def fetch_own(asked: OwnFetch, *, say: Callable[[str], None]) -> Iterator[Path]:
    """Fetch and keep.

    Parameters
    ----------
    asked : OwnFetch
    say : callable
        Takes one line of progress or warning.

    Yields
    ------
    Path
        Each file that was kept.

    Raises
    ------
    UsageError
        If what is asked does not go together, a key is missing or may do more than read, or the venue has no such data.
    FetchError, DataError
        If the venue does not answer, or not as documented.
    """
    through_ccxt = asked.source.partition(":")[0] == CCXT
    rest = asked.source.partition(":")[2] if through_ccxt else asked.source
    venue, _, name = rest.partition(":")
    _refuse(asked, venue=venue)
    from cohortiv.sources.fetch.answers import account_name
    from cohortiv.sources.fetch.own_account import OwnAccount, Surroundings

    around = Surroundings(say=say)
    of_account = set(asked.kinds) & set(OWN_KINDS)
    account = OwnAccount(
        venue, asked.out, (name if of_account else "") or account_name(asked.addresses), asked.addresses
    )
    if not of_account:
        yield from _histories(account, around, name=name, asked=asked)
        return
    from cohortiv.sources.fetch import ccxt_account, own_account

    source = ccxt_account if through_ccxt else own_account
    if "positions" in asked.kinds:
        yield source.fetch_positions(account, around)
    if "brackets" in asked.kinds:
        yield source.fetch_brackets(account, around)


def _refuse(asked: OwnFetch, *, venue: str) -> None:
    """UsageError where no venue is named, or public and own kinds are mixed."""
    if not venue.strip():
        raise UsageError(f"fetch got {asked.source!r}; allowed is ccxt:VENUE, such as ccxt:gate. Name the venue.")
    wrong = [address for address in asked.addresses if not ADDRESS.fullmatch(address)]
    if wrong:
        raise UsageError(f"--address got {wrong[0]!r}; allowed is 0x and 40 hexadecimal digits. Correct it.")
    public = [kind for kind in asked.kinds if kind not in OWN_KINDS]
    if public and len(public) < len(asked.kinds):
        raise UsageError(
            f"--kind got {', '.join(asked.kinds)}; allowed are those of an account ({', '.join(OWN_KINDS)}) or those "
            "of an instrument, not both at once. Fetch them one after the other."
        )


def _histories(account: "OwnAccount", around: "Surroundings", *, name: str, asked: OwnFetch) -> Iterator[Path]:
    """Public histories through ccxt."""
    from cohortiv.sources.fetch.ccxt_account import fetch_histories
    from cohortiv.sources.fetch.ccxt_history import Span

    if not name:
        raise UsageError(
            f"fetch got {asked.source!r} without an instrument; allowed is ccxt:VENUE:NAME, such as "
            f"ccxt:{account.venue}:BTC/USDT:USDT, or --kind positions. Name one."
        )
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    first = (until - timedelta(days=asked.days)).replace(hour=0)  # the same all day: what broke off is found again
    span = Span(first, until)
    yield from fetch_histories(account, around, instrument=name, kinds=asked.kinds, span=span).values()
