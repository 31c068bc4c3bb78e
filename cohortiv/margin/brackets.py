"""Which brackets count for a venue, a symbol and a contract on a given day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from cohortiv.margin.bracket_file import read_bracket_file
from cohortiv.margin.schedule import BracketSchedule, Contract, ScheduleKey

__all__ = ["BracketSchedule", "Brackets", "EffectiveBrackets", "ScheduleInForce", "load_brackets"]

SHIPPED_TABLES = Path(__file__).resolve().parent / "tables"


@dataclass(frozen=True)
class ScheduleInForce:
    """A schedule that counts on a day, and whether it is older or younger than that day.

    Attributes
    ----------
    schedule : BracketSchedule
        The brackets that count.
    early : bool
        True if the day lies before the first schedule on record, which then serves for want of an older one.
    """

    schedule: BracketSchedule
    early: bool


@dataclass(frozen=True)
class EffectiveBrackets:
    """All schedules in force on one day, one for each venue, symbol and contract.

    Attributes
    ----------
    as_of : date
        The day (UTC).
    in_force : tuple of ScheduleInForce
        Sorted by venue, symbol and contract; the empty venue comes first.
    """

    as_of: date
    in_force: tuple[ScheduleInForce, ...]

    @cached_property
    def _by_key(self) -> dict[ScheduleKey, ScheduleInForce]:
        return {item.schedule.key: item for item in self.in_force}

    def schedule_for(self, venue: str, symbol: str, contract: Contract) -> ScheduleInForce | None:
        """Brackets of one contract on one venue.

        Parameters
        ----------
        venue, symbol : str
            Names as in the table, upper and lower case matter.
        contract : {"linear", "inverse"}
            Kind of contract.

        Returns
        -------
        ScheduleInForce or None
            The venue's own schedule for this symbol and contract; without one the empty venue's; without that None.
        """
        return self._by_key.get((venue, symbol, contract)) or self._by_key.get(("", symbol, contract))


@dataclass(frozen=True)
class Brackets:
    """All known schedules, of all dates.

    Attributes
    ----------
    schedules : tuple of BracketSchedule
        Any order; no two of the same venue, symbol, contract and date.
    """

    schedules: tuple[BracketSchedule, ...]

    def effective(self, as_of: date) -> EffectiveBrackets:
        """Schedules in force on a day.

        Parameters
        ----------
        as_of : date
            Day (UTC) of the snapshot.

        Returns
        -------
        EffectiveBrackets
            For each venue, symbol and contract the schedule with the latest `effective_from` not after `as_of`. Where
            all are younger the earliest serves and is marked ``early``.
        """
        dated = sorted(_by_key(self.schedules).items())
        return EffectiveBrackets(as_of, tuple(_in_force(schedules, as_of) for _, schedules in dated))

    def schedule_for(self, venue: str, symbol: str, contract: Contract, *, as_of: date) -> ScheduleInForce | None:
        """Brackets of one contract on one venue on a day; see `EffectiveBrackets.schedule_for`."""
        return self.effective(as_of).schedule_for(venue, symbol, contract)


def load_brackets(path: Path | None = None) -> Brackets:
    """Bracket tables that ship with the package, with a user's own on top.

    Parameters
    ----------
    path : Path, optional
        A CSV file in the format of the shipped tables. For each venue, symbol and contract in it, its rows replace
        all shipped ones, of whatever date; other contracts keep theirs.

    Returns
    -------
    Brackets
        Shipped and own schedules.

    Raises
    ------
    UsageError
        If there is no file at `path`.
    DataError
        If a table breaks one of the rules that `cohortiv.margin.bracket_file.read_bracket_file` lists.
    """
    shipped = [schedule for table in sorted(SHIPPED_TABLES.glob("*.csv")) for schedule in read_bracket_file(table)]
    own = read_bracket_file(path) if path is not None else ()
    replaced = {schedule.key for schedule in own}
    return Brackets((*(schedule for schedule in shipped if schedule.key not in replaced), *own))


def _by_key(schedules: Iterable[BracketSchedule]) -> dict[ScheduleKey, list[BracketSchedule]]:
    grouped: dict[ScheduleKey, list[BracketSchedule]] = {}
    for schedule in sorted(schedules, key=lambda item: item.effective_from):
        grouped.setdefault(schedule.key, []).append(schedule)
    return grouped


def _in_force(dated: list[BracketSchedule], as_of: date) -> ScheduleInForce:
    begun = [schedule for schedule in dated if schedule.effective_from <= as_of]
    return ScheduleInForce(begun[-1], early=False) if begun else ScheduleInForce(dated[0], early=True)
