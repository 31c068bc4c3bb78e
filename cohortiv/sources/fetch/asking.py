"""Asking a venue several things in a row: answers are collected, envelopes opened, pages put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final
from urllib.parse import unquote

from cohortiv.errors import DataError
from cohortiv.sources.fetch.answers import Record, nested, records, text
from cohortiv.sources.fetch.client import Answer, Parameters, Sign, VenueClient

#: Pages of one list; more of them repeat themselves.
MOST_PAGES: Final = 200
#: Gives the client of a host of `addresses.HOSTS`.
Connect = Callable[[str], VenueClient]


@dataclass
class Asking:
    """One client of a venue, its signature, and what it answered so far.

    Attributes
    ----------
    client : VenueClient
    answers : list of Answer
        Grows with each request; several askings of one fetch share it.
    sign : callable or None
        Signs requests; None where a venue is asked without a key.
    """

    client: VenueClient
    answers: list[Answer]
    sign: Sign | None = None

    def ask(self, path: str, parameters: Parameters | None = None, *, signed: bool = True) -> object:
        """Body of an answer, which is kept; raises as `VenueClient.ask`."""
        self.answers.append(self.client.ask(path, parameters, sign=self.sign if signed else None))
        return self.answers[-1].body


def bybit_result(asking: Asking, path: str, parameters: Parameters | None = None) -> Record:
    """`result` of Bybit's envelope, whose code the client has judged; DataError where there is none."""
    return nested(asking.ask(path, parameters), "result", where=path)


def okx_data(asking: Asking, path: str, parameters: Parameters | None = None, *, signed: bool = True) -> list[Record]:
    """`data` of OKX's envelope, whose code the client has judged; DataError where there is none."""
    answer = asking.ask(path, parameters, signed=signed)
    return records(answer.get("data") if isinstance(answer, Mapping) else answer, where=path)


def paged(asking: Asking, path: str, parameters: Parameters) -> list[Record]:
    """All pages of a list of Bybit's.

    Raises
    ------
    DataError
        If they don't end: a cursor that comes again.
    """
    entries: list[Record] = []
    seen = {""}
    cursor = ""
    for page in count(1):
        result = bybit_result(asking, path, {**parameters, **({"cursor": cursor} if cursor else {})})
        listed = records(result.get("list"), where=path)
        entries += listed
        cursor = unquote(text(result.get("nextPageCursor")))  # it comes encoded, and is encoded when it is sent
        if not cursor or not listed:
            break
        if cursor in seen or page >= MOST_PAGES:
            raise DataError(f"{asking.client.venue}: the pages of {path} don't end: {page} were read. Fetch again.")
        seen.add(cursor)
    return entries
