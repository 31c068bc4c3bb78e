"""Several reports in one call: which they are, how each ended, and what is told of all."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cohortiv.cli.issue import LocatedReport, PlannedReport, due_place, issue_report, locate_report, plan_report
from cohortiv.cli.request import ReportRequest
from cohortiv.cli.system_errors import Failure, refused, unforeseen
from cohortiv.cli.workshop import Workshop, open_workshop
from cohortiv.errors import CohortivError, RunError
from cohortiv.report.catalogue import write_catalogue
from cohortiv.report.failure import failed_page
from cohortiv.report.secrets import scrubbed

if TYPE_CHECKING:
    from cohortiv.cli.passing_on import Readers

Say = Callable[[str], None]
_FAILED: Final = "failed"


@dataclass(frozen=True)
class Outcome:
    """How one report ended; its fields are the keys of the JSON line.

    Attributes
    ----------
    report : str
        Its name; the notebook's where it failed before its inputs were found.
    as_of : str
        Date or timestamp of the snapshot, as asked.
    symbol : str or None
        As asked; None for all.
    status : str
        "published", "unchanged", "restated" or "failed".
    exit_code : int
        What the call would end with if this were its only report.
    code : str or None
        green, yellow, red or grey; None where it failed.
    iv_index : float, str or None
        Index [points]; "inf" for infinity.
    path : str or None
        The page, or that of the failed run where it left one.
    seconds : float
        Time that it took [s].
    error : str or None
        What stopped it, or kept it from a reader.
    """

    report: str
    as_of: str
    symbol: str | None
    status: str
    exit_code: int
    code: str | None
    iv_index: float | str | None
    path: str | None
    seconds: float
    error: str | None


def make_reports(requests: Sequence[ReportRequest], *, as_json: bool, say: Say, delivery: Path | None = None) -> int:
    """Publish reports one after the other, and bring the catalogue up to date.

    Parameters
    ----------
    requests : sequence of ReportRequest
        All of them are checked before the first one runs. A report that fails does not stop those after it.
    as_json : bool
        Whether standard output gets a line of JSON for each in place of its path.
    say : callable
        Takes one line of progress.
    delivery : Path, optional
        Delivery file of the readers who get each report, and word of one that fails.

    Returns
    -------
    int
        Exit code: the highest of all.

    Raises
    ------
    UsageError
        If one of them cannot be run; nothing has run then.
    """
    plans = [plan_report(request) for request in requests]
    readers = readers_of(delivery) if delivery else None
    has_bar = len(plans) > 1 and sys.stderr.isatty()
    held: list[str] = []
    outcomes: list[Outcome] = []
    notebooks = [plan.notebook for plan in plans]
    tell = held.append if has_bar else say
    try:
        with open_workshop(notebooks, shows_cells=len(plans) == 1, say=tell) as workshop, _bar(plans, has_bar) as items:
            for plan in items:
                ended = report_outcome(plan, workshop=workshop, say=tell)
                outcomes.append(passed_on(ended, plan, readers, say=tell) if readers else ended)
                if not has_bar:
                    _show(outcomes[-1], as_json=as_json, say=say)
    finally:
        if requests[0].out.is_dir():
            write_catalogue(requests[0].out, brand=plans[0].brand)
    for line in held:
        say(line)
    for outcome in outcomes if has_bar else ():
        _show(outcome, as_json=as_json, say=say)
    if len(outcomes) > 1:
        say(_told(outcomes))
    return max(outcome.exit_code for outcome in outcomes)


@contextmanager
def _bar(plans: Sequence[PlannedReport], has_bar: bool) -> Iterator[Iterable[PlannedReport]]:  # noqa: FBT001 - what is shown
    """The reports one after the other, with a bar on a terminal that says how many are done."""
    if not has_bar:
        yield plans
        return
    with click.progressbar(plans, label="Reports", file=sys.stderr, show_pos=True, item_show_func=_label) as bar:
        yield bar


def _label(plan: PlannedReport | None) -> str:
    return plan.label if plan else ""


def report_outcome(plan: PlannedReport, *, workshop: Workshop, say: Say) -> Outcome:
    """Make one report, and put into words what went wrong; the catalogue is for the caller to bring up to date.

    Parameters
    ----------
    plan : PlannedReport
    workshop : Workshop
        What it is made with.
    say : callable
        Takes one line of progress.

    Returns
    -------
    Outcome
        Also where it failed.
    """
    started = time.perf_counter()
    located = None
    try:
        located = locate_report(plan, workshop)
        made = issue_report(located, workshop=workshop, say=say)
    except Exception as error:  # noqa: BLE001 - the reports after it run, whatever it is
        return _failed(plan, located, error=error, seconds=_since(started))
    return Outcome(
        report=made.folder.name,
        as_of=plan.as_of,
        symbol=plan.request.symbol,
        status=made.status,
        exit_code=0,
        code=_text(made.summary.get("code")),
        iv_index=_number(made.summary.get("iv_index")),
        path=str(made.page),
        seconds=_since(started),
        error=None,
    )


def readers_of(delivery: Path) -> "Readers":
    """Who gets reports, by a delivery file; what sends them is loaded only where somebody does.

    Parameters
    ----------
    delivery : Path

    Raises
    ------
    UsageError
        If it is wrong.
    """
    from cohortiv.cli.passing_on import Readers

    return Readers.of(delivery)


def passed_on(ended: Outcome, plan: PlannedReport, readers: "Readers", *, say: Say) -> Outcome:
    """Tell readers how a report ended.

    Parameters
    ----------
    ended : Outcome
    plan : PlannedReport
    readers : Readers
    say : callable
        Takes one line of progress.

    Returns
    -------
    Outcome
        With what went wrong on the way to them.
    """
    try:
        if ended.status != _FAILED:
            readers.get(Path(str(ended.path)).parent, brand=plan.brand, say=say)
        elif place := due_place(plan):
            readers.miss(place, brand=plan.brand, say=say)
    except Exception as error:  # noqa: BLE001 - the reports after it run, whatever it is
        told = f"Its readers got nothing: {type(error).__name__}: {error}. Deliver it again."
        code = RunError.exit_code
        if isinstance(error, CohortivError):
            told, code = str(error), error.exit_code
        said = " ".join(filter(None, (ended.error, scrubbed(told))))
        return replace(ended, exit_code=max(ended.exit_code, code), error=said)
    return ended


def _failed(plan: PlannedReport, located: LocatedReport | None, *, error: Exception, seconds: float) -> Outcome:
    failure = _worded(error)
    page = failed_page(located.place) if located else None
    return Outcome(
        report=located.place.name if located else plan.notebook.stem,
        as_of=plan.as_of,
        symbol=plan.request.symbol,
        status=_FAILED,
        exit_code=failure.exit_code,
        code=None,
        iv_index=None,
        path=str(page) if page and page.is_file() else None,
        seconds=seconds,
        error=scrubbed(failure.text),
    )


def _worded(error: Exception) -> Failure:
    """An error as a person reads it, with its exit code."""
    if isinstance(error, CohortivError):
        return Failure(str(error), error.exit_code)
    return refused(error) if isinstance(error, OSError) else unforeseen(error)


def _show(outcome: Outcome, *, as_json: bool, say: Say) -> None:
    """Tell how one report ended: its line on standard output, its error on standard error."""
    if outcome.error is not None:
        is_page = outcome.status == _FAILED and outcome.path
        say(f"Error: {outcome.error}" + (f"\nThe page of the failed run: {outcome.path}" if is_page else ""))
    if as_json:
        click.echo(json.dumps(asdict(outcome), allow_nan=False))
    elif outcome.status != _FAILED:
        click.echo(outcome.path)


def _told(outcomes: Sequence[Outcome]) -> str:
    """How many reports ended how, and which failed."""
    counts = Counter(outcome.status for outcome in outcomes)
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    failed = [f"  {item.report} {item.as_of}: exit code {item.exit_code}" for item in outcomes if item.exit_code]
    return "\n".join([f"{len(outcomes)} reports: {told}", *failed])


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 2)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | str | None:
    return value if isinstance(value, float | int | str) else None
