"""One issue of a report: from the command's flags to a published folder and the catalogue."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cohortiv.assets import asset
from cohortiv.cli.inputs import aggregate_inputs
from cohortiv.cli.usage import refuse_bad_depth, refuse_empty_positions
from cohortiv.config.assumptions import assumptions_files, located_assumptions, refuse_bad_target
from cohortiv.config.brand import load_brand
from cohortiv.config.cohort import ALL_ACCOUNTS, CohortConfig, load_cohort
from cohortiv.config.scenario import located_scenarios, scenario_files, split_names
from cohortiv.errors import UsageError
from cohortiv.positions import parse_as_of
from cohortiv.report.catalogue import write_catalogue
from cohortiv.report.formats import wanted_formats
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
from cohortiv.sources.files import absolute_spec, is_synthetic, position_files
from cohortiv.sources.sample import write_sample

Say = Callable[[str], None]
#: Notebook parameters that have a flag of their own; the flags also name the report.
_FLAGS = {
    "positions": "--positions", "as_of": "--as-of", "symbol": "--symbol", "cohort": "--cohort",
    "brackets": "--brackets", "max_excluded": "--max-excluded", "depth_usd": "--depth-usd",
    "option_volatility": "--option-volatility", "playbook": "--playbook", "tier_table": "--tier-table",
    "tier_cohort": "--tier-cohort", "market": "--market", "open_interest": "--open-interest", "venue": "--venue",
    "tier_mix": "--tier-mix",
}  # fmt: skip
#: Figures that a notebook may declare, and that have a range.
_FIGURES = ("critical_mass", "horizon_days", "reference_volatility")
#: Parameters that name what ships or a file of the user's: the same by absolute path, and the user's files behind it.
_NAMED: Mapping[str, tuple[Callable[[str], str], Callable[[str], tuple[Path, ...]]]] = {
    "scenario": (located_scenarios, scenario_files),
    "assumptions": (located_assumptions, assumptions_files),
}
#: Last snapshot of the embedded sample.
SAMPLE_AS_OF = "2026-09-30"


@dataclass(frozen=True)
class ReportRequest:
    """What `cohortiv report` was asked.

    Attributes
    ----------
    notebook : str
        Name of a shipped notebook, or path of one.
    out : Path
        Folder of all reports.
    published : str or None
        Time of publication to print.
    brand : Path or None
        Brand file; None takes the shipped one.
    positions, as_of, symbol : str or None
        As for `assessment.Settings`; no positions stand for the embedded sample.
    cohort, brackets : Path or None
    max_excluded : float
    depth_usd : float or None
        Orders that move the price by 1 % [USD].
    option_volatility : float or None
        Annualised volatility that options are priced at [1/sqrt(year)].
    playbook : Path or None
        The user's own playbook.
    tier_table, tier_cohort, market, open_interest, venue : str or None
        As for `assessment.Settings`.
    tier_mix : Path or None
    parameters : tuple of str
        More notebook parameters, each NAME=VALUE.
    pdf, static : bool
        Whether a PDF and an edition without scripts are published beside the page.
    supersede : str or None
        Why a published report is restated.
    sign : Path or None
        SSH key that signs the manifest.
    """

    notebook: str
    out: Path
    published: str | None
    brand: Path | None
    positions: str | None
    as_of: str | None
    symbol: str | None
    cohort: Path | None
    brackets: Path | None
    max_excluded: float
    depth_usd: float | None = None
    option_volatility: float | None = None
    playbook: Path | None = None
    tier_table: str | None = None
    tier_cohort: str | None = None
    market: str | None = None
    open_interest: str | None = None
    venue: str | None = None
    tier_mix: Path | None = None
    parameters: tuple[str, ...] = ()
    pdf: bool = False
    static: bool = False
    supersede: str | None = None
    sign: Path | None = None


def make_report(request: ReportRequest, *, say: Say) -> Path:
    """Publish a report and bring the catalogue up to date.

    Parameters
    ----------
    request : ReportRequest
    say : callable
        Takes one line of progress.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    UsageError
        If the request cannot be run; nothing has run then.
    """
    refuse_bad_depth(request.depth_usd)
    aggregates = aggregate_inputs(request)
    notebook = find_notebook(request.notebook)
    declared = declared_parameters(load_notebook(notebook))
    refuse_no_report(declared)
    extra = _extra(request, declared)
    _refuse_bad_values(request, extra)
    own_files = _named_files(extra)
    brand, published = load_brand(request.brand), _published(request.published)
    formats = wanted_formats(pdf=request.pdf, static=request.static)
    with _inputs(request, declared, say) as (spec, cohort_file):
        cohort = load_cohort(cohort_file) if cohort_file else aggregates.cohort or ALL_ACCOUNTS
        files = position_files(spec) if spec else aggregates.files
        as_of = _as_of(request)
        issued = issue_date(as_of)
        say(f"Running {notebook.name} for {as_of}; this takes some seconds")
        made = publish_report(
            notebook,
            parameters=_own(request, declared, spec=spec, cohort_file=cohort_file, as_of=as_of)
            | aggregates.parameters
            | _located(extra),
            inputs=[*files, *_side_files(request, cohort_file, cohort), *own_files],
            out=request.out,
            as_of=issued,
            name=report_name(
                notebook,
                cohort,
                request.symbol,
                synthetic=not aggregates.files
                and (is_synthetic(files) or (spec is None and _draws_its_cohort(declared))),
                basis=aggregates.basis,
                changes=changes_slug(declared, _without_paths(extra)),
            ),
            published=published,
            brand=brand,
            formats=formats,
            supersede=request.supersede,
            sign=request.sign,
        )
    for note in (*_told_status(made), *made.notes):
        say(note)
    write_catalogue(request.out, brand=brand)
    return made.page


def _told_status(made: PublishedReport) -> tuple[str, ...]:
    """What a run that did more or less than publish says of it."""
    told = {
        "unchanged": "Unchanged: it is published on the same inputs, parameters and code, and nothing has run",
        "restated": "Restated: the edition before is kept in its folder editions",
    }
    return (told[made.status],) if made.status in told else ()


def find_notebook(name: str) -> Path:
    """A shipped notebook by name, or a file by path; UsageError names the shipped ones if there is neither."""
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path
    shipped = {file.stem: file for file in sorted(asset("notebooks").glob("*.ipynb"))}
    if name not in shipped:
        raise UsageError(
            f"NOTEBOOK got {name!r}; allowed are {', '.join(shipped)} or the path of an .ipynb file. "
            "Check the spelling."
        )
    return shipped[name]


@contextmanager
def _inputs(
    request: ReportRequest, declared: Sequence[Parameter], say: Say
) -> Iterator[tuple[str | None, Path | None]]:
    """Position source and cohort file; the embedded sample lives in a folder of its own for as long as it is needed.

    A notebook without the parameter `positions`, with a source of its own in it, or with none where none is given,
    brings its data itself.
    """
    refuse_empty_positions(request.positions)
    defaults = {parameter.name: parameter.default for parameter in declared}
    if request.tier_table or request.market:
        yield None, request.cohort
    elif request.positions is not None:
        yield absolute_spec(request.positions), request.cohort
    elif defaults.get("positions") != "":
        yield None, request.cohort
    else:
        say("No --positions: the report is on the embedded SYNTHETIC sample")
        with TemporaryDirectory(prefix="cohortiv-sample-") as folder:
            made = write_sample(Path(folder))
            yield str(made.positions), request.cohort or made.cohort


def _draws_its_cohort(declared: Sequence[Parameter]) -> bool:
    """Whether a notebook makes up its positions where none are given: its `positions` may be none, and is."""
    return any(parameter.name == "positions" and parameter.default is None for parameter in declared)


def _located(extra: dict[str, Value]) -> dict[str, Value]:
    """Parameters given with -p, files by their absolute path: a notebook runs in a folder of its own."""
    return extra | {name: locate(value) for name, value, locate, _ in _named(extra)}


def _named_files(extra: dict[str, Value]) -> tuple[Path, ...]:
    """Files of the user's that parameters given with -p name, which decide the result."""
    return tuple(path for _, value, _, files in _named(extra) for path in files(value))


def _named(
    extra: dict[str, Value],
) -> list[tuple[str, str, Callable[[str], str], Callable[[str], tuple[Path, ...]]]]:
    """Of `_NAMED`, what was given."""
    return [(name, value, *ways) for name, ways in _NAMED.items() if isinstance(value := extra.get(name), str)]


def _without_paths(extra: dict[str, Value]) -> dict[str, Value]:
    """Parameters given with -p, files by their bare name: it becomes part of a report's."""
    bare = {
        name: ",".join(Path(part).stem if Path(part).is_file() else part for part in split_names(value))
        for name in _NAMED
        if isinstance(value := extra.get(name), str)
    }
    return extra | bare


def _as_of(request: ReportRequest) -> str:
    if request.as_of is not None:
        return request.as_of
    if request.positions is request.tier_table is request.market is None:
        return SAMPLE_AS_OF
    raise UsageError("report needs --as-of DATE or TIMESTAMP: it names the snapshot and the folder of the report.")


def issue_date(as_of: str) -> str:
    """Folder of an issue: YYYY-MM-DD for a date, YYYY-MM-DDTHHMMZ for a timestamp (UTC)."""
    wanted = parse_as_of(as_of)
    return wanted.strftime("%Y-%m-%dT%H%MZ" if isinstance(wanted, datetime) else "%Y-%m-%d")


def report_name(
    notebook: Path,
    cohort: CohortConfig,
    symbol: str | None,
    *,
    synthetic: bool,
    basis: str = "",
    changes: str = "",
) -> str:
    """Name of a report.

    Parameters
    ----------
    notebook : Path
    cohort : CohortConfig
    symbol : str or None
        None: all.
    synthetic : bool
        Whether the positions are; the name then says sample.
    basis : str
        What stands in for positions, empty where there are some.
    changes : str
        Changed parameters.
    """
    parts = [notebook.stem, cohort.name, symbol or "all", basis, "sample" * synthetic, changes]
    return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts if part)


def _side_files(request: ReportRequest, cohort_file: Path | None, cohort: CohortConfig) -> list[Path]:
    """Files beside the positions that decide the result."""
    found = [cohort_file, cohort.filters.accounts_file, request.brackets, request.playbook]
    return [path for path in found if path is not None]


def _own(
    request: ReportRequest, declared: Sequence[Parameter], *, spec: str | None, cohort_file: Path | None, as_of: str
) -> dict[str, object]:
    """Parameters that have a flag: what was asked for, and what the notebook declares of the rest."""
    known = {parameter.name for parameter in declared}
    asked: dict[str, object] = {"positions": spec, "symbol": request.symbol, "brackets": _absolute(request.brackets)}
    asked |= {"cohort": _absolute(cohort_file), "playbook": _absolute(request.playbook)}
    asked |= {"depth_usd": request.depth_usd, "option_volatility": request.option_volatility}
    values = {name: value for name, value in asked.items() if value is not None}
    usual = {"as_of": as_of, "max_excluded": request.max_excluded}
    return values | {name: value for name, value in usual.items() if name in known}


def _extra(request: ReportRequest, declared: Sequence[Parameter]) -> dict[str, Value]:
    """Parameters given with -p, refused at once where a flag sets them, the name is unknown or the value ill-typed."""
    given = parse_assignments(request.parameters)
    taken = sorted(given.keys() & _FLAGS.keys())
    if taken:
        raise UsageError(f"-p got {taken[0]!r}, which has a flag of its own. Give it with {_FLAGS[taken[0]]}.")
    return bound_values(declared, given)


def _refuse_bad_values(request: ReportRequest, extra: Mapping[str, Value]) -> None:
    """Refuse what the run would refuse of its figures, in the same words, before it starts."""
    figures: dict[str, Any] = {name: value for name in _FIGURES if isinstance(value := extra.get(name), float)}
    if figures or not 0 <= request.max_excluded <= 1:
        from cohortiv.assessment.settings import Settings

        Settings(**figures, max_excluded=request.max_excluded)
    if given := {name: str(extra[name]) for name in ("assumptions", "to") if extra.get(name)}:
        wanted = parse_as_of(_as_of(request))
        day = wanted.date() if isinstance(wanted, datetime) else wanted
        refuse_bad_target(given.get("assumptions"), given.get("to"), as_of=day)


def _published(moment: str | None) -> str | None:
    """The time of publication as given, if it is one."""
    if moment is not None:
        try:
            datetime.fromisoformat(moment)
        except ValueError as error:
            raise UsageError(
                f"--published got {moment!r}; allowed is a time such as 2026-02-19T07:00:00Z. Correct it."
            ) from error
    return moment


def _absolute(path: Path | None) -> str | None:
    return None if path is None else str(path.resolve())
