"""`cohortiv fetch`: data of venues, asked for and kept, so that reports run on files."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cohortiv.cli.own_data import OWN_KINDS, OwnFetch, fetch_own, is_own
from cohortiv.errors import UsageError
from cohortiv.sources.fetch.kinds import KINDS, Kind

if TYPE_CHECKING:
    from cohortiv.sources.fetch.paging import Window

#: Where what is fetched is kept, where nothing else is said.
DATA: Final = Path("data")


@click.command()
@click.argument("source", metavar="VENUE:NAME|VENUE")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice((*KINDS, *OWN_KINDS)),
    multiple=True,
    help="What to fetch, repeatable; positions and brackets are of an account.  [default: all public data]",
)
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far back.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=DATA, show_default=True, help="Folder of all that is fetched."
)
@click.option(
    "--from",
    "dumps",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Read the venue's bulk files, unpacked, in place of asking it: binance only.",
)
@click.option(
    "--address",
    "addresses",
    multiple=True,
    metavar="0x...",
    help="Account on Hyperliquid, repeatable; no key is needed.",
)
def fetch(
    source: str, *, kinds: tuple[str, ...], days: int, out: Path, dumps: Path | None, addresses: tuple[str, ...]
) -> None:
    """Fetch data of a venue and keep them as dated Parquet files with their origin; no report fetches anything.

    VENUE:NAME is an instrument as the venue writes it, such as binance:BTCUSDT: its hourly bars, open interest, funding
    and long/short ratios, which are public. Each file goes to OUT/venue/kind/NAME/TIME.parquet. A fetch that broke off
    goes on where it was.

    VENUE --kind positions, with --kind brackets too, reads an account on binance, bybit, okx or hyperliquid with a
    read-only key from COHORTIV_<VENUE>_KEY, _SECRET and, on okx, _PASSPHRASE; VENUE:ACCOUNT keeps it under a name.
    ccxt:VENUE and ccxt:VENUE:NAME do both on any venue of ccxt's.
    """
    if is_own(source, kinds):
        for path in fetch_own(OwnFetch(source, kinds, out, days, addresses), say=say):
            click.echo(path)
        return
    from cohortiv.sources.fetch.catalogue import Fetch, fetch_instrument

    venue, colon, name = source.partition(":")
    if not colon or not venue or not name.strip():
        raise UsageError(
            f"fetch got {source!r}; allowed is VENUE:NAME, such as binance:BTCUSDT. Name the instrument as the venue "
            "writes it, or ask for an account with --kind positions."
        )
    public = tuple(kind for kind in KINDS if kind in kinds)
    if dumps is not None:
        made = _from_dumps(venue, name.strip(), dumps, kinds=public, out=out)
        for path in made:
            click.echo(path)
        return
    asked = Fetch(venue, name.strip(), out, public, days)
    for path in fetch_instrument(asked, now=datetime.now(UTC), say=say, track=pages_shown).values():
        click.echo(path)


def _from_dumps(venue: str, name: str, dumps: Path, *, kinds: tuple[Kind, ...], out: Path) -> Iterable[Path]:
    """Files of what a venue publishes in bulk."""
    from cohortiv.sources.fetch.binance_dumps import keep_dumps
    from cohortiv.sources.fetch.binance_market import VENUE

    if venue != VENUE or kinds:
        got = "--kind" if kinds else f"the venue {venue!r}"
        raise UsageError(f"--from got {got}; allowed is {VENUE}, and it keeps every kind that DIR has. Correct it.")
    return keep_dumps(name, dumps, folder=out, say=say).values()


def say(message: str) -> None:
    """Tell a line on standard error."""
    click.echo(message, err=True)


@contextmanager
def pages_shown(pages: Sequence["Window"], label: str) -> Iterator[Iterable["Window"]]:
    """Pages with a bar on a terminal; elsewhere a line before the first."""
    if not sys.stderr.isatty():
        say(f"{label}, {len(pages):,} page(s)")
        yield pages
        return
    with click.progressbar(pages, label=label, file=sys.stderr, show_pos=True) as bar:
        yield bar
