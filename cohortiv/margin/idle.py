"""Which of a user's own bracket tables served no position, and why."""

from collections.abc import Sequence
from datetime import date, datetime

from cohortiv.margin.brackets import Brackets
from cohortiv.margin.schedule import BracketSchedule, Contract
from cohortiv.positions import Holding

_Wanted = tuple[str, str, Contract, date]


def idle_tables(
    own: Sequence[BracketSchedule], brackets: Brackets, inventory: Sequence[Holding], *, as_of: datetime
) -> tuple[str, ...]:
    """Name the tables of a user's file that no position was computed with.

    Parameters
    ----------
    own : sequence of BracketSchedule
        Tables of the file.
    brackets : Brackets
        All tables, the user's among them.
    inventory : sequence of Holding
        What the position table holds.
    as_of : datetime
        Day that counts for holdings without a snapshot time (UTC).

    Returns
    -------
    tuple of str
        One sentence without a full stop for each such table: which, and why. Empty where each served.
    """
    wanted = {_wanted(holding, as_of) for holding in inventory}
    effective = {day: brackets.effective(day) for *_, day in wanted}
    found = {want: effective[want[3]].schedule_for(*want[:3]) for want in wanted}
    serving = {want: item.schedule for want, item in found.items() if item is not None}
    used = set(serving.values())
    return tuple(f"{_name(table)}: {_reason(table, serving, wanted)}" for table in own if table not in used)


def _wanted(holding: Holding, as_of: datetime) -> _Wanted:
    contract: Contract = "inverse" if holding.contract == "inverse" else "linear"
    return holding.venue, holding.symbol, contract, (holding.as_of or as_of).date()


def _name(table: BracketSchedule) -> str:
    return f"{table.venue or 'empty venue'} {table.symbol} {table.contract} from {table.effective_from}"


def _reason(table: BracketSchedule, serving: dict[_Wanted, BracketSchedule], wanted: set[_Wanted]) -> str:
    asking = [want for want in wanted if want[1:3] == (table.symbol, table.contract)]
    if not asking:
        return f"no position in {table.symbol} {table.contract}"
    venues = ", ".join(sorted({want[0] for want in asking}))
    if table.venue and all(want[0] != table.venue for want in asking):
        return f"no such position on {table.venue}; the positions are on {venues}"
    if any(want in serving and serving[want].key == table.key for want in asking):
        return "a table of another date is in force"
    return (
        f"{venues} has a table of its own, and an empty venue serves only venues without one; "
        "write the venue to replace it"
    )
