"""One snapshot of a history: what is written beside a profile, its digest, and the name of its file."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

import numpy as np

from cohortiv import __version__
from cohortiv.comovement import Comovement
from cohortiv.errors import DataError
from cohortiv.profile import LiquidationProfile
from cohortiv.summary import METHODOLOGY_VERSION

POSITIONS: Final = "positions"
WHOLE: Final = "all"
"""What stands for the symbol where the cohort is read as a whole."""
_NAME_DIGITS: Final = 12


@dataclass(frozen=True, order=True)
class SeriesKey:
    """Which series a snapshot belongs to.

    Attributes
    ----------
    cohort : str
        Name of the cohort.
    symbol : str
        Base asset, or "all" for the cohort as a whole.
    basis : str
        "positions", or what stands in for them.
    """

    cohort: str
    symbol: str
    basis: str

    def __str__(self) -> str:
        """As a message names it."""
        return f"{self.cohort}, {self.symbol}" + ("" if self.basis == POSITIONS else f" ({self.basis})")


@dataclass(frozen=True)
class SourceFile:
    """A file that a snapshot was made of.

    Attributes
    ----------
    name : str
        Its name, without folders.
    sha256 : str
        Digest of its content, hexadecimal.
    """

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """What is kept beside the cells of one snapshot; no clock and no machine is in it.

    Attributes
    ----------
    as_of : datetime
        Time of the snapshot (UTC, without zone).
    series : SeriesKey
    method : str
        Version of the method.
    comovement : Comovement
        Betas and kappas that the bins were made with.
    origin : mapping
        The profile's own.
    inputs : tuple of SourceFile
        Files that it was made of; none for the embedded sample.
    settings : mapping
        Settings of the run that decide the profile.
    margin_units : int or None
        Leveraged margin units; None without accounts.
    cells : int
        Rows of the profile.
    leveraged_notional_usd : float
        Leveraged notional in use [USD].
    content : str
        SHA-256 of method, movement and cells, hexadecimal.
    created_by : str
        Program and version.
    supersedes : str or None
        Number of the snapshot that this one corrects.
    reason : str or None
        Why it was corrected.
    """

    as_of: datetime
    series: SeriesKey
    method: str
    comovement: Comovement
    origin: Mapping[str, Any]
    inputs: tuple[SourceFile, ...]
    settings: Mapping[str, Any]
    margin_units: int | None
    cells: int
    leveraged_notional_usd: float
    content: str
    created_by: str
    supersedes: str | None = None
    reason: str | None = None

    @property
    def number(self) -> str:
        """SHA-256 of the record, hexadecimal: equal for equal snapshots."""
        return hashlib.sha256(json.dumps(record_as_json(self), sort_keys=True).encode()).hexdigest()

    @property
    def file_name(self) -> str:
        """Name of the file that holds this snapshot alone."""
        return f"{prefix_of(self.as_of)}{part_of(self.series)}_{self.number[:_NAME_DIGITS]}.parquet"

    @property
    def major(self) -> str:
        """First number of the method's version: where it differs, the same data give another number."""
        return self.method.partition(".")[0]

    def __str__(self) -> str:
        """As a message names it."""
        return f"{self.as_of.isoformat()}Z of {self.series}"


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A profile of one time, with its record.

    Attributes
    ----------
    profile : LiquidationProfile
    record : SnapshotRecord
    """

    profile: LiquidationProfile
    record: SnapshotRecord

    def superseding(self, earlier: SnapshotRecord, reason: str) -> "Snapshot":
        """The same snapshot as the correction of an earlier one."""
        return replace(self, record=replace(self.record, supersedes=earlier.number, reason=reason))


def snapshots_of(
    profile: LiquidationProfile, *, inputs: Sequence[SourceFile] = (), settings: Mapping[str, Any] | None = None
) -> tuple[Snapshot, ...]:
    """Take a profile apart by time, each part with its record.

    Parameters
    ----------
    profile : LiquidationProfile
        Any number of times. Its origin may hold `margin_units`, by time in ISO 8601.
    inputs : sequence of SourceFile, optional
    settings : mapping, optional
        Plain values.

    Raises
    ------
    DataError
        If nothing dates it.
    """
    if not profile.snapshots or profile.cells["as_of"].isna().any():
        raise DataError(
            "Nothing dates the positions, and a history is kept by time; allowed is a source with as_of, or --as-of "
            "TIME. Name the time."
        )
    parts = profile.cells.groupby("as_of", sort=True)
    return tuple(
        _snapshot(replace(profile, cells=cells.reset_index(drop=True)), tuple(inputs), settings or {})
        for _, cells in parts
    )


def _snapshot(
    profile: LiquidationProfile, inputs: tuple[SourceFile, ...], settings: Mapping[str, Any]
) -> Snapshot:  # fmt: skip
    moment = profile.snapshots[0]
    origin = {name: value for name, value in profile.origin.items() if name != "margin_units"}
    units = profile.origin.get("margin_units")
    profile = replace(profile, origin=origin)
    record = SnapshotRecord(
        as_of=moment,
        series=SeriesKey(
            str(origin.get("cohort") or WHOLE), origin.get("symbol") or WHOLE, origin.get("basis", POSITIONS)
        ),
        method=METHODOLOGY_VERSION,
        comovement=profile.comovement,
        origin=origin,
        inputs=tuple(sorted(inputs, key=lambda file: (file.name, file.sha256))),
        settings=settings,
        margin_units=None if units is None else units.get(moment.isoformat(), 0),
        cells=len(profile.cells),
        leveraged_notional_usd=profile.leveraged_notional_usd,
        content=content_digest(profile, METHODOLOGY_VERSION),
        created_by=f"cohortiv {__version__}",
    )
    return Snapshot(profile, record)


def content_digest(profile: LiquidationProfile, method: str) -> str:
    """SHA-256 of what a profile says: first number of the method, movement and cells, hexadecimal.

    Parameters
    ----------
    profile : LiquidationProfile
        Cells as `tidy` orders them.
    method : str
        Version of the method.
    """
    head = {"method": method.partition(".")[0], "movement": _movement(profile.comovement)}
    digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    for name, column in profile.cells.items():
        digest.update(f"|{name}|".encode())
        if column.dtype == "str":
            digest.update("\0".join(column.to_numpy(dtype=object)).encode())
            continue
        values = column.to_numpy()
        one_nan = np.where(np.isnan(values), np.nan, values) if values.dtype.kind == "f" else values
        digest.update(one_nan.tobytes())
    return digest.hexdigest()


def prefix_of(moment: datetime) -> str:
    """What the name of a snapshot's file begins with."""
    return f"{moment:%Y-%m-%dT%H%M%SZ}_"


def part_of(series: SeriesKey) -> str:
    """Cohort and symbol as a part of a file's name."""
    return f"{series.cohort}_{re.sub(r'[^A-Za-z0-9.-]', '-', series.symbol)}"


def record_as_json(record: SnapshotRecord) -> dict[str, Any]:
    """A record as plain values."""
    plain = {field.name: getattr(record, field.name) for field in fields(record)}
    return plain | {
        "as_of": record.as_of.isoformat(),
        "series": asdict(record.series),
        "comovement": _movement(record.comovement),
        "origin": dict(record.origin),
        "inputs": [asdict(file) for file in record.inputs],
        "settings": dict(record.settings),
    }


def differences(stored: SnapshotRecord, given: SnapshotRecord) -> tuple[str, ...]:
    """What differs between two snapshots of one time, one clause each; at least one where their contents differ."""
    old, new = ({file.name: file.sha256 for file in record.inputs} for record in (stored, given))
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    usd = (stored.leveraged_notional_usd, given.leveraged_notional_usd)
    clauses = (
        (stored.major != given.major, f"method {stored.method}, now {given.method}"),
        (stored.comovement != given.comovement, "other betas or kappas"),
        (usd[0] != usd[1], f"leveraged notional {usd[0]:,.2f} USD, now {usd[1]:,.2f} USD"),
        (stored.cells != given.cells, f"{stored.cells:,} cells, now {given.cells:,}"),
        (bool(changed), f"other content of {', '.join(changed)}"),
        (dict(stored.settings) != dict(given.settings), "other settings"),
    )
    return tuple(clause for holds, clause in clauses if holds) or ("other figures in the cells",)


def _movement(comovement: Comovement) -> dict[str, dict[str, float]]:
    return {"betas": dict(comovement.betas), "kappas": dict(comovement.kappas)}
