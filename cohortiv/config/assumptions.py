"""Assumptions of an outlook: the date it looks at, and what it takes for granted on the way, in one file."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cohortiv.assets import asset
from cohortiv.config.outlook_strands import AdoptionStrand, DistanceComponent, HistoryStrand, RegulationStrand
from cohortiv.config.yaml_file import SLUG, Name, StrictSettings, read_fields, validated
from cohortiv.display import Displayed
from cohortiv.errors import UsageError
from cohortiv.schema import TIER_EDGES

KIND = "assumptions file"
#: What an outlook takes where nothing else is named: any cohort, and the embedded sample, whose cohort is known.
DEFAULT = "generic-quarter"
OF_THE_SAMPLE = ("published-cohort-2026", "published-cohort-2026q4")
EXAMPLE = "name: my-outlook"
MONTHS_A_QUARTER = 3

Strand = Literal["history", "adoption", "regulation"]
#: The strands in the order in which they act.
STRANDS: tuple[Strand, ...] = ("history", "adoption", "regulation")


class OutlookAssumptions(Displayed, StrictSettings):
    """Everything that a projection takes for granted besides the snapshots.

    Attributes
    ----------
    name : str
        Slug: lower case letters, digits and hyphens, at most 64.
    title, description : str
        As readers see it, and the story.
    to : date or None
        Day that the outlook is for.
    quarters_ahead : int or None
        In its place: the end of that quarter after the snapshot's own; 0 is the end of the snapshot's quarter.
    draws : int
        Number of draws.
    seed : int
        Seed of the draws.
    history : HistoryStrand
    adoption : AdoptionStrand
    regulation : RegulationStrand
    distances : DistanceComponent
        Besides the strands: what the index moves by where the mix stays.
    """

    name: Annotated[str, Field(pattern=SLUG)]
    title: Name
    description: str = ""
    to: dt.date | None = None
    quarters_ahead: Annotated[int, Field(ge=0, le=40)] | None = None
    draws: Annotated[int, Field(ge=100, le=1_000_000)] = 4_000
    seed: Annotated[int, Field(ge=0)]
    history: HistoryStrand
    adoption: AdoptionStrand = AdoptionStrand(enabled=False)
    regulation: RegulationStrand = RegulationStrand(enabled=False)
    distances: DistanceComponent = DistanceComponent()

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.to is None) == (self.quarters_ahead is None):
            raise ValueError("allowed is either to, such as 2026-09-30, or quarters_ahead, such as 1")
        return self

    @property
    def enabled(self) -> frozenset[Strand]:
        """Strands that the file switches on."""
        return frozenset(strand for strand in STRANDS if getattr(self, strand).enabled)


def shipped_assumptions() -> dict[str, Path]:
    """Files of the assumptions that come with this version, by name."""
    return {path.stem: path for path in sorted((asset("templates") / "assumptions").glob("*.yaml"))}


def load_assumptions(name_or_path: str | Path) -> OutlookAssumptions:
    """Assumptions from their file.

    Parameters
    ----------
    name_or_path : str or Path
        Name of shipped assumptions, or a YAML file with the fields of `OutlookAssumptions`.

    Raises
    ------
    UsageError
        If the file is not there or holds a field that is unknown or not allowed; the message names the file, each
        field, what was got and what is allowed.
    """
    path = _found(name_or_path)
    fields = read_fields(path, kind=KIND, example=EXAMPLE)
    return validated(OutlookAssumptions, fields, where=f"{KIND} {path}")


def default_assumptions(
    as_of: dt.datetime | None, *, sample: bool, tier_edges: Sequence[float] = TIER_EDGES
) -> OutlookAssumptions:
    """Assumptions of a run that names none.

    Parameters
    ----------
    as_of : datetime or None
        Time of the snapshot.
    sample : bool
        Whether the run is on the embedded sample.
    tier_edges : sequence of float, optional
        Tier edges of the cohort [x]. Default the usual ones.

    Returns
    -------
    OutlookAssumptions
        Those of the sample's cohort whose day is the next after its snapshot; `DEFAULT` for any other cohort, without
        the strand that speaks of leverage below the lowest tier of this one.
    """
    for name in OF_THE_SAMPLE if sample and as_of else ():
        found = load_assumptions(name)
        if as_of and found.to and found.to > as_of.date():
            return found
    usual = load_assumptions(DEFAULT)
    lowest = min((edge for edge in tier_edges if edge > 1.0), default=1.0)
    products = [min(product.tiers) for product in usual.adoption.products]
    caps = [rule.cap for rule in usual.regulation.scenarios if rule.cap is not None]
    unfit = [name for name, levels in (("adoption", products), ("regulation", caps)) if min(levels) < lowest]
    return usual.model_copy(update={name: getattr(usual, name).model_copy(update={"enabled": False}) for name in unfit})


def located_assumptions(name: str) -> str:
    """The same name, a file by its absolute path.

    Parameters
    ----------
    name : str
        Name of shipped assumptions or a file.
    """
    path = Path(name).expanduser()
    return str(path.resolve()) if path.is_file() else name


def assumptions_files(name: str) -> tuple[Path, ...]:
    """The user's own file behind some assumptions, read and found sound; those that ship belong to the version.

    Parameters
    ----------
    name : str
        Name of shipped assumptions or a file.

    Raises
    ------
    UsageError
        As for `load_assumptions`.
    """
    load_assumptions(name)
    path = _found(name)
    return () if path in shipped_assumptions().values() else (path,)


def _found(name_or_path: str | Path) -> Path:
    """The file itself, or that of a shipped name."""
    shipped = shipped_assumptions()
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    raise UsageError(
        f"assumptions: got {str(name_or_path)!r}, which is no file and no shipped name; allowed are "
        f"{', '.join(shipped)} or the path of a YAML file. Check the spelling."
    )


def dated(assumptions: OutlookAssumptions, as_of: dt.date) -> OutlookAssumptions:
    """The same with a date for every cap that the file gives days for.

    Parameters
    ----------
    assumptions : OutlookAssumptions
    as_of : date
        Day of the snapshot, from which the days count.
    """
    rules = tuple(
        rule
        if rule.starts_after_days is None
        else rule.model_copy(
            update={"starts": as_of + dt.timedelta(days=rule.starts_after_days), "starts_after_days": None}
        )
        for rule in assumptions.regulation.scenarios
    )
    regulation = assumptions.regulation.model_copy(update={"scenarios": rules})
    return assumptions.model_copy(update={"regulation": regulation})


def target_date(assumptions: OutlookAssumptions, as_of: dt.date, *, to: dt.date | None = None) -> dt.date:
    """Day that an outlook is for.

    Parameters
    ----------
    assumptions : OutlookAssumptions
    as_of : date
        Day of the snapshot.
    to : date, optional
        The caller's own day, in place of the file's.

    Raises
    ------
    UsageError
        If the day is not after the snapshot.
    """
    target = to or assumptions.to or quarter_end(as_of, quarters_ahead=assumptions.quarters_ahead or 0)
    if target <= as_of:
        raise UsageError(
            f"to: got {target}, allowed is a day after the snapshot of {as_of}. Give a later one, or assumptions with "
            "quarters_ahead."
        )
    return target


def refuse_bad_target(assumptions: str | None, to: str | None, *, as_of: dt.date) -> None:
    """Raise where an outlook asked for would have no day to look ahead to.

    Parameters
    ----------
    assumptions : str or None
        Name or file, as for `load_assumptions`; None takes `DEFAULT`.
    to : str or None
        The day as a reader writes it; None takes that of the assumptions.
    as_of : date
        Day of the snapshot.

    Raises
    ------
    UsageError
        If the assumptions are not sound, or the day is none or not after the snapshot.
    """
    target_date(load_assumptions(assumptions or DEFAULT), as_of, to=parse_date(to))


def parse_date(text: str | None) -> dt.date | None:
    """A day as a reader writes it, such as 2026-12-31; None for nothing.

    Raises
    ------
    UsageError
        If it is no day.
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"to: got {text!r}, allowed is a day such as 2026-12-31. Correct it.") from error


def quarter_end(day: dt.date, *, quarters_ahead: int) -> dt.date:
    """Last day of a quarter.

    Parameters
    ----------
    day : date
    quarters_ahead : int
        0 for the quarter that `day` lies in, 1 for the next.
    """
    first_after = (day.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER + MONTHS_A_QUARTER * (quarters_ahead + 1)
    return dt.date(day.year + first_after // 12, first_after % 12 + 1, 1) - dt.timedelta(days=1)
