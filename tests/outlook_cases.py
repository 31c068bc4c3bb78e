"""Outlooks of a made-up book, each made once for the tests that share it."""

import datetime as dt
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from cohort_support import book, write
from outlook_support import only, small

from cohortiv.assessment import Assessment, Settings, assess, read_cohort
from cohortiv.config.assumptions import OutlookAssumptions
from cohortiv.findings import Findings
from cohortiv.findings.outlook_context import OutlookFindings, find
from cohortiv.outlook import Outlook, look_ahead
from cohortiv.publication import publish
from cohortiv.published_outlook import publish_outlook

#: Weekly snapshots, the last of them the one that is looked ahead from.
WEEKS = tuple(f"{day:%Y-%m-%d}T12:00:00" for day in pd.date_range("2026-03-04", periods=16, freq="7D"))
AS_OF = WEEKS[-1][:10]


@cache
def snapshot(weeks: int = len(WEEKS), *, for_report: bool = True) -> Assessment:
    """The last snapshot of a book with its leverage usage and as many weeks of past."""
    with TemporaryDirectory() as folder:
        settings = Settings(positions=write(Path(folder), book(160, times=WEEKS[-weeks:])), as_of=AS_OF)
        reading = read_cohort(settings, for_report=for_report, usage=True, say=lambda _: None)
        return assess(settings, reading)


@cache
def outlook(*strands: str, weeks: int = len(WEEKS), for_report: bool = True, distances: bool = True) -> Outlook:
    """The book ahead to the end of September, with all strands or those named, with distances or without."""
    stated = assumptions(*strands, distances=distances)
    return look_ahead(snapshot(weeks, for_report=for_report), stated, to=dt.date(2026, 9, 30))


def assumptions(*strands: str, distances: bool = True) -> OutlookAssumptions:
    """The small assumptions, with all strands or those named, with distances or without."""
    return small(**(only(*strands) if strands else {}), distances={"enabled": distances})


@cache
def findings(*strands: str, weeks: int = len(WEEKS), distances: bool = True) -> OutlookFindings:
    """What the sentences of an outlook are about."""
    ahead = outlook(*strands, weeks=weeks, distances=distances)
    base = Findings(ahead.assessment, publish(ahead.assessment), None)
    return find(base, publish_outlook(ahead, thresholds=base.thresholds))
