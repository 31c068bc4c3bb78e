"""Margin units and their liquidation lines, as engine-neutral expressions."""

from cohortiv.liquidation.cross import MARKET, OWN
from cohortiv.liquidation.lines import LINE, NO_LINE, PAST, UNLEVERAGED, LineTable, liquidation_lines
from cohortiv.liquidation.schedules import ScheduleBook, schedule_book

__all__ = [
    "LINE", "MARKET", "NO_LINE", "OWN", "PAST", "UNLEVERAGED",
    "LineTable", "ScheduleBook", "liquidation_lines", "schedule_book",
]  # fmt: skip
