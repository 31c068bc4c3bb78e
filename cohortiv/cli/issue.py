"""One issue of a report: from the command's flags to a published folder and the catalogue."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cohortiv.cli.beside import told_beside
from cohortiv.cli.inputs import AggregateInputs, aggregate_inputs, refuse_unknown_names
from cohortiv.cli.naming import find_notebook, issue_date, report_name
from cohortiv.cli.params_file import read_parameters
from cohortiv.cli.request import ReportRequest
from cohortiv.cli.usage import refuse_bad_depth, refuse_bad_time, refuse_empty_positions
from cohortiv.cli.workshop import Workshop
from cohortiv.config.assumptions import assumptions_files, located_assumptions, refuse_bad_target
from cohortiv.config.brand import Brand, load_brand
from cohortiv.config.cohort import ALL_ACCOUNTS, CohortConfig, load_cohort
from cohortiv.config.scenario import located_scenarios, scenario_files, split_names
from cohortiv.config.study_paths import located_study, named_file, no_files, study_files
from cohortiv.errors import CohortivError, UsageError
from cohortiv.margin.bracket_file import bracket_paths
from cohortiv.positions import parse_as_of
from cohortiv.report.failure import Attempt, failure_told
from cohortiv.report.formats import Formats, wanted_formats
from cohortiv.report.parameters import (
    Parameter,
    Value,
    bound_values,
    changes_slug,
    declared_parameters,
    load_notebook,
    parse_assignments,
)
from cohortiv.report.publish import PublishedReport, publish_report, refuse_no_report
from cohortiv.report.shelf import Place, place_of
from cohortiv.sources.footers import is_synthetic
from cohortiv.sources.several import absolute_cohort, cohort_files

Say = Callable[[str], None]
#: Notebook parameters that have a flag of their own; the flags also name the report.
_FLAGS = {
    "positions": "--positions", "as_of": "--as-of", "symbol": "--symbol", "cohort": "--cohort",
    "brackets": "--brackets", "max_excluded": "--max-excluded", "depth_usd": "--depth-usd",
    "option_volatility": "--option-volatility", "playbook": "--playbook", "tier_table": "--tier-table",
    "tier_cohort": "--tier-cohort", "market": "--market", "open_interest": "--open-interest", "venue": "--venue",
    "tier_mix": "--tier-mix",
}  # fmt: skip
#: Parameters that name what ships or a file of the user's: the same by absolute path, and the user's files behind it.
_NAMED: Mapping[str, tuple[Callable[[str], str], Callable[[str], tuple[Path, ...]]]] = {
    "scenario": (located_scenarios, scenario_files),
    "assumptions": (located_assumptions, assumptions_files),
    "study": (located_study, no_files),
    "data": (located_study, no_files),
    "prices": (located_study, named_file),
}
#: Parameters of a study: the files that decide it are known from both together.
_STUDY, _FOLDER = "study", "data"
#: Prices stand beside the index and do not change it, so they are in no report's name.
_PRICES = "prices"
#: Last snapshot of the embedded sample.
SAMPLE_AS_OF = "2026-09-30"


@dataclass(frozen=True)
class PlannedReport:
    """A report that can be run as far as is known before anything runs.

    Attributes
    ----------
    request : ReportRequest
        What was asked.
    notebook : Path
    declared : tuple of Parameter
        What the notebook declares.
    extra : mapping
        Parameters without a flag, by name.
    aggregates : AggregateInputs
        What it is made of where there are no positions.
    brand : Brand
    formats : Formats
    as_of : str
        Date or timestamp of the snapshot.
    """

    request: ReportRequest
    notebook: Path
    declared: tuple[Parameter, ...]
    extra: Mapping[str, Value]
    aggregates: AggregateInputs
    brand: Brand
    formats: Formats
    as_of: str

    @property
    def label(self) -> str:
        """How messages name it among others."""
        return " ".join(filter(None, (self.notebook.name, "for", self.as_of, self.request.symbol)))


def plan_report(request: ReportRequest) -> PlannedReport:
    """Check what is asked, without running anything.

    Parameters
    ----------
    request : ReportRequest

    Raises
    ------
    UsageError
        If the request cannot be run.
    """
    refuse_bad_depth(request.depth_usd)
    refuse_empty_positions(request.positions)
    aggregates = aggregate_inputs(request)
    notebook = find_notebook(request.notebook)
    declared = declared_parameters(load_notebook(notebook))
    refuse_no_report(declared)
    extra = _extra(request, declared)
    _refuse_bad_values(request, extra)
    refuse_bad_time(request.published)
    if extra.get(_STUDY) and request.as_of is None:
        raise UsageError("A study needs --as-of DATE or TIMESTAMP: nothing that became known later is read. Give it.")
    as_of = _as_of(request)
    issue_date(as_of)
    _named_files(extra)
    formats = wanted_formats(pdf=request.pdf, static=request.static)
    return PlannedReport(request, notebook, declared, extra, aggregates, load_brand(request.brand), formats, as_of)


@dataclass(frozen=True)
class LocatedReport:
    """A planned report whose inputs are found, and with them its name.

    Attributes
    ----------
    plan : PlannedReport
    parameters : mapping
        For the notebook; files by their absolute path.
    inputs : tuple of Path
        Files that decide the result.
    place : Place
        Where it goes.
    """

    plan: PlannedReport
    parameters: Mapping[str, object]
    inputs: tuple[Path, ...]
    place: Place


def locate_report(plan: PlannedReport, workshop: Workshop) -> LocatedReport:
    """Find the inputs of a report and name it.

    Parameters
    ----------
    plan : PlannedReport
    workshop : Workshop
        Has the embedded sample, where that is its input.

    Raises
    ------
    UsageError, DataError
        If an input is not there, or cannot be one.
    """
    spec, cohort_file = _inputs(plan, workshop)
    cohort = load_cohort(cohort_file) if cohort_file else plan.aggregates.cohort or ALL_ACCOUNTS
    files = plan.aggregates.files
    if spec:
        files = cohort_files(spec, as_of=plan.as_of, history_days=_history_days(plan))
    refuse_unknown_names(plan.request, spec, as_of=plan.as_of)
    parameters = _own(plan, spec=spec, cohort_file=cohort_file) | plan.aggregates.parameters | _located(plan.extra)
    inputs = (
        *files,
        *_side_files(plan.request, cohort_file, cohort),
        *_named_files(plan.extra),
    )
    place = place_of(plan.request.out, as_of=issue_date(plan.as_of), name=_name(plan, spec, cohort))
    return LocatedReport(plan, parameters, inputs, place)


def _history_days(plan: PlannedReport) -> float | None:
    """How far back the notebook reads its positions [days]; None where it reads all, or has no such parameter."""
    values = {parameter.name: parameter.default for parameter in plan.declared} | dict(plan.extra)
    found = values.get("history_days")
    return found if isinstance(found, int | float) else None


def due_place(plan: PlannedReport) -> Place | None:
    """Where a report goes, known also where its inputs are not there or cannot be read.

    Parameters
    ----------
    plan : PlannedReport

    Returns
    -------
    Place or None
        None for the embedded sample, and where its cohort cannot be read, which is part of its name.
    """
    with suppress(CohortivError, OSError):
        spec, cohort_file = plan.request.positions, plan.request.cohort
        if spec or plan.aggregates.files:
            cohort = load_cohort(cohort_file) if cohort_file else plan.aggregates.cohort or ALL_ACCOUNTS
            name = _name(plan, spec, cohort)
            return place_of(plan.request.out, as_of=issue_date(plan.as_of), name=name)
    return None


def issue_report(located: LocatedReport, *, workshop: Workshop, say: Say) -> PublishedReport:
    """Publish a report; the catalogue is for the caller to bring up to date.

    Parameters
    ----------
    located : LocatedReport
    workshop : Workshop
        What the reports of a call share.
    say : callable
        Takes one line of progress.

    Returns
    -------
    PublishedReport

    Raises
    ------
    CohortivError
        If it cannot be published; the page of the failed run then says why.
    """
    plan, request, place = located.plan, located.plan.request, located.place
    say(f"Preparing {plan.label}; this takes some seconds")
    with failure_told(place, Attempt(plan.notebook.name, located.parameters, plan.brand)):
        made = publish_report(
            plan.notebook,
            parameters=located.parameters,
            inputs=located.inputs,
            out=place.root,
            as_of=place.as_of,
            name=place.name,
            published=request.published,
            brand=plan.brand,
            formats=plan.formats,
            supersede=request.supersede,
            sign=request.sign,
            force=request.force,
            timeout_seconds=request.cell_timeout,
            nursery=workshop.nursery,
            shows_cells=workshop.shows_cells,
        )
    beside = () if made.status == "unchanged" else told_beside(place)
    for note in (*_told_status(made, request), *made.notes, *beside):
        say(note)
    return made


def _told_status(made: PublishedReport, request: ReportRequest) -> tuple[str, ...]:
    """What a run that did more or less than publish says of it, and of options that had nothing to do then."""
    idle = [name for name, given in (("--supersede", request.supersede), ("--published", request.published)) if given]
    beside = f"; {' and '.join(idle)} had nothing to do, --force makes it again" if idle else ""
    told = {
        "unchanged": f"Unchanged: it is published on the same inputs, parameters and code, and nothing has run{beside}",
        "restated": "Restated: the edition before is kept in its folder editions. Whoever has both can subtract them: "
        "METHODOLOGY.md, section 15, says what that tells of few accounts",
    }
    return (told[made.status],) if made.status in told else ()


def _inputs(plan: PlannedReport, workshop: Workshop) -> tuple[str | None, Path | None]:
    """Position source and cohort file of a report.

    A notebook without the parameter `positions`, with a source of its own in it, or with none where none is given,
    brings its data itself.
    """
    request = plan.request
    if request.tier_table or request.market:
        return None, request.cohort
    if request.positions is not None:
        return absolute_cohort(request.positions), request.cohort
    defaults = {parameter.name: parameter.default for parameter in plan.declared}
    if defaults.get("positions") != "":
        return None, request.cohort
    made = workshop.sample()
    return str(made.positions), request.cohort or made.cohort


def _name(plan: PlannedReport, spec: str | None, cohort: CohortConfig) -> str:
    """Name of a report, as `report_name` makes it."""
    is_made_up = _is_made_up(spec) if spec else _is_on_sample(plan)
    return report_name(
        plan.notebook,
        cohort,
        plan.request.symbol,
        synthetic=not plan.aggregates.files and is_made_up,
        basis=plan.aggregates.basis,
        changes=changes_slug(plan.declared, _without_paths(plan.extra)),
    )


def _is_made_up(spec: str) -> bool:
    """Whether positions say that they are made up; what is not there says nothing."""
    try:
        return is_synthetic(cohort_files(spec))
    except UsageError:
        return False


def _is_on_sample(plan: PlannedReport) -> bool:
    """Whether a notebook without positions runs on made-up ones: its `positions` may be none, or no study is given."""
    defaults = {parameter.name: parameter.default for parameter in plan.declared}
    if _STUDY in defaults:
        return not plan.extra.get(_STUDY)
    return defaults.get("positions", "") is None


def _located(extra: Mapping[str, Value]) -> dict[str, Value]:
    """Parameters given with -p, files by their absolute path: a notebook runs in a folder of its own."""
    return {**extra} | {name: locate(value) for name, value, locate, _ in _named(extra)}


def _named_files(extra: Mapping[str, Value]) -> tuple[Path, ...]:
    """Files of the user's that parameters given with -p name, which decide the result."""
    given = {name: str(extra.get(name) or "") for name in (_STUDY, _FOLDER)}
    of_study = study_files(given[_STUDY], data=given[_FOLDER])
    return (*(path for _, value, _, files in _named(extra) for path in files(value)), *of_study)


def _named(
    extra: Mapping[str, Value],
) -> list[tuple[str, str, Callable[[str], str], Callable[[str], tuple[Path, ...]]]]:
    """Of `_NAMED`, what was given."""
    return [(name, value, *ways) for name, ways in _NAMED.items() if isinstance(value := extra.get(name), str)]


def _without_paths(extra: Mapping[str, Value]) -> dict[str, Value]:
    """Parameters given with -p, files by their bare name: it becomes part of a report's; a folder does not."""
    bare = {
        name: ",".join(Path(part).stem if Path(part).is_file() else part for part in split_names(value))
        for name in _NAMED
        if isinstance(value := extra.get(name), str)
    }
    return {name: value for name, value in ({**extra} | bare).items() if name not in (_FOLDER, _PRICES)}


def _as_of(request: ReportRequest) -> str:
    if request.as_of is not None:
        return request.as_of
    if request.positions is request.tier_table is request.market is None:
        return SAMPLE_AS_OF
    raise UsageError("report needs --as-of DATE or TIMESTAMP: it names the snapshot and the folder of the report.")


def _side_files(request: ReportRequest, cohort_file: Path | None, cohort: CohortConfig) -> list[Path]:
    """Files beside the positions that decide the result."""
    found = [cohort_file, cohort.filters.accounts_file, request.playbook]
    tables = bracket_paths(request.brackets) if request.brackets else ()
    return [*(path for path in found if path is not None), *tables]


def _own(plan: PlannedReport, *, spec: str | None, cohort_file: Path | None) -> dict[str, object]:
    """Parameters that have a flag: what was asked for, and what the notebook declares of the rest."""
    request, known = plan.request, {parameter.name for parameter in plan.declared}
    asked: dict[str, object] = {"positions": spec, "symbol": request.symbol, "brackets": _absolute(request.brackets)}
    asked |= {"cohort": _absolute(cohort_file), "playbook": _absolute(request.playbook)}
    asked |= {"depth_usd": request.depth_usd, "option_volatility": request.option_volatility}
    values = {name: value for name, value in asked.items() if value is not None}
    usual = {"as_of": plan.as_of, "max_excluded": request.max_excluded}
    return values | {name: value for name, value in usual.items() if name in known}


def _extra(request: ReportRequest, declared: Sequence[Parameter]) -> dict[str, Value]:
    """Parameters given with -p or in a file, refused where a flag sets them, or the name or the value is wrong."""
    given = {
        **(read_parameters(request.params_file) if request.params_file else {}),
        **parse_assignments(request.parameters),
    }
    taken = sorted(given.keys() & _FLAGS.keys())
    if taken:
        raise UsageError(
            f"The parameter {taken[0]!r} is given by -p or --params-file and has a flag of its own. Give it with "
            f"{_FLAGS[taken[0]]}."
        )
    return bound_values(declared, given)


def _refuse_bad_values(request: ReportRequest, extra: Mapping[str, Value]) -> None:
    """Refuse what the run would refuse of its figures, in the same words, before it starts."""
    if not 0 <= request.max_excluded <= 1:
        from cohortiv.assessment.settings import Settings

        Settings(max_excluded=request.max_excluded)
    if given := {name: str(extra[name]) for name in ("assumptions", "to") if extra.get(name)}:
        wanted = parse_as_of(_as_of(request))
        day = wanted.date() if isinstance(wanted, datetime) else wanted
        refuse_bad_target(given.get("assumptions"), given.get("to"), as_of=day)


def _absolute(path: Path | None) -> str | None:
    return None if path is None else str(path.resolve())
