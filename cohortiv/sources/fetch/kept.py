"""What was fetched, kept: dated Parquet files with their origin inside, and the pages of fetches under way."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.errors import DataError
from cohortiv.sources.fetch.client import Answer, Parameters, VenueClient
from cohortiv.sources.fetch.origins import ORIGIN_KEY, Origin, Request, read_origin
from cohortiv.whole_file import PRIVATE, SHARED, write_whole

__all__ = ["Origin", "Pages", "keep", "kept_files", "kept_folder", "kept_time", "origin_of", "read_origin"]

#: Kinds that tell of accounts: only the owner of the file may read it.
OF_ACCOUNTS: Final = frozenset({"positions"})
#: Time in a file's name; sorting names sorts times.
STAMP: Final = "%Y-%m-%dT%H%M%SZ"
_STAMPED: Final = len("2026-02-18T230000Z")
#: Folder of pages of fetches that have not ended; no reader of positions looks below a dot.
_UNFINISHED: Final = ".unfinished"


def origin_of(answers: Sequence[Answer], *, venue: str, kind: str, name: str, notes: Sequence[str] = ()) -> Origin:
    """Origin of what was made of these answers."""
    requests = tuple(
        Request(answer.endpoint, answer.parameters, answer.fetched_at.isoformat(timespec="seconds"), answer.sha256)
        for answer in answers
    )
    return Origin(venue, kind, name, requests, tuple(notes))


def keep(frame: pd.DataFrame, origin: Origin, *, folder: Path, at: datetime) -> Path:
    """Write a table as FOLDER/venue/kind/name/venue-name-kind-TIME.parquet, in one step.

    Parameters
    ----------
    frame : DataFrame
    origin : Origin
    folder : Path
        Folder of all that was fetched.
    at : datetime
        Time that the data are of (UTC), which names the file.

    Returns
    -------
    Path
        The file. One that is there is never changed: where it has the same rows it is the file, where it has others
        the new one is a further edition of that time.
    """
    place = kept_folder(folder, origin.venue, kind=origin.kind, name=origin.name)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for edition in count(1):
        numbered = f"edition{edition}-" if edition > 1 else ""
        path = place / f"{origin.venue}-{place.name}-{origin.kind}-{numbered}{at.strftime(STAMP)}.parquet"
        if not path.exists():
            break
        if _has_rows(path, table):
            return path
    told = json.dumps(origin, default=vars, sort_keys=True).encode()
    content = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), ORIGIN_KEY: told}), content)
    rights = PRIVATE if origin.kind in OF_ACCOUNTS else SHARED
    write_whole(path, content.getvalue().to_pybytes(), rights=rights)
    return path


def _has_rows(path: Path, table: pa.Table) -> bool:
    """Whether a kept file has the same rows; one that cannot be read has others."""
    try:
        return bool(pq.read_table(path).replace_schema_metadata(None).equals(table.replace_schema_metadata(None)))
    except (OSError, pa.ArrowException):
        return False


def kept_folder(folder: Path, venue: str, *, kind: str, name: str) -> Path:
    """Folder of the dated files of one kind; a name such as BTC/USDT:USDT becomes one that any system can have."""
    safe = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in name).strip(".") or "all"
    return folder / venue / kind / safe


def kept_files(folder: Path, venue: str, *, kind: str, name: str) -> tuple[Path, ...]:
    """Files of one kind that were kept, the oldest first; of one time the later edition is the later."""
    found = kept_folder(folder, venue, kind=kind, name=name).glob(f"{venue}-*.parquet")
    return tuple(sorted(found, key=lambda path: (kept_time(path), len(path.name), path.name)))


def kept_time(path: Path) -> datetime:
    """Time that a kept file is of (UTC), by its name."""
    try:
        return datetime.strptime(path.stem[-_STAMPED:], STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise DataError(
            f"{path.name} does not end in a time such as 2026-02-18T230000Z, as files do that cohortiv fetch has kept. "
            "Give it its name back, or move it elsewhere."
        ) from None


@dataclass
class Pages:
    """Pages of one fetch, kept until it has ended, so that one that broke off goes on where it was.

    Attributes
    ----------
    folder : Path
        Folder of all that was fetched.
    answers : list of Answer
        All that were given, asked now or before.
    resumed : int
        How many of them were asked before.
    """

    folder: Path
    answers: list[Answer] = field(default_factory=list)
    resumed: int = 0
    _used: list[Path] = field(default_factory=list)

    def ask(self, client: VenueClient, path: str, parameters: Parameters, *, post: object = None) -> Answer:
        """Ask for a page that does not change any more, unless it is kept; see `VenueClient.ask`."""
        named = (client.base_url, path, dict(parameters), post)
        return self.once(named, lambda: client.ask(path, parameters, post=post))

    def once(self, named: Sequence[object], ask: Callable[[], Answer]) -> Answer:
        """Ask, unless the answer is kept; an answer that holds nothing is not, as there may be something later.

        Parameters
        ----------
        named : sequence
            What tells this question from every other; JSON can write it.
        ask : callable
            Gives the answer.
        """
        digest = hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()
        page = self.folder / _UNFINISHED / f"{digest}.json"
        self._used.append(page)
        found = _kept_page(page)
        if found is None:
            found = ask()
            if found.body:
                _keep_page(page, found)
        else:
            self.resumed += 1
        self.answers.append(found)
        return found

    def forget(self) -> None:
        """Drop the pages of a fetch that has ended."""
        for page in self._used:
            page.unlink(missing_ok=True)
        self._used.clear()


def _keep_page(page: Path, answer: Answer) -> None:
    """Write a page in one step."""
    page.parent.mkdir(parents=True, exist_ok=True)
    staged = page.with_suffix(f".{os.getpid()}.tmp")
    told = {**vars(answer), "fetched_at": answer.fetched_at.isoformat()}
    staged.write_text(json.dumps(told), encoding="utf-8")
    staged.replace(page)


def _kept_page(page: Path) -> Answer | None:
    """A page that was kept; None where there is none, or it cannot be read and is asked for again."""
    try:
        told = json.loads(page.read_text(encoding="utf-8"))
        return Answer(**{**told, "fetched_at": datetime.fromisoformat(told["fetched_at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
