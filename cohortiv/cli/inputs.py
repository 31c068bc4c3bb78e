"""Options that say what a run is about where there are no positions: a tier table, or market data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cohortiv.cli.completion import markets, sources
from cohortiv.cli.fetch import DATA
from cohortiv.errors import UsageError

if TYPE_CHECKING:
    from cohortiv.cli.request import ReportRequest
    from cohortiv.config.cohort import CohortConfig

AGGREGATES: Final = [
    click.option(
        "--tier-table",
        metavar="FILE",
        shell_complete=sources,
        help="In place of positions: notional by leverage tier and liquidation price; FILE or hyperliquid:FILE.",
    ),
    click.option("--tier-cohort", metavar="NAME", help="Which cohort of the tier table."),
    click.option(
        "--market",
        type=click.Path(),
        metavar="FILE|VENUE:NAME",
        shell_complete=markets,
        help="In place of positions: price bars, from which they are reconstructed; a model, not positions. "
        "VENUE:NAME, such as binance:BTCUSDT, fetches and keeps them first.",
    ),
    click.option(
        "--data",
        type=click.Path(path_type=Path),
        default=DATA,
        show_default=True,
        metavar="DIR",
        help="Folder in which what is fetched is kept, and looked for with --as-of.",
    ),
    click.option("--offline", is_flag=True, help="Run --positions VENUE: or --market VENUE:NAME on what was kept."),
    click.option(
        "--open-interest",
        type=click.Path(),
        metavar="FILE",
        help="Open interest for --market, where the bars have none.",
    ),
    click.option("--venue", metavar="NAME", help="Venue of --market, where the files name none or several."),
    click.option(
        "--tier-mix",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Columns tier and share for --market.  [default: an assumed mix]",
    ),
]
"""Options of `index`, `profile` and `report`, in the order of their help."""

_TEXTS: Final = ("tier_table", "market", "open_interest", "venue")
_FILES: Final = ("tier_table", "market", "open_interest", "tier_mix")
_NAMES: Final = (*_TEXTS, "tier_cohort", "tier_mix")


def plain_inputs(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of inputs as `assessment.Settings` takes them: an absent text is empty.

    Raises
    ------
    UsageError
        If one is given and empty, such as an unset variable leaves.
    """
    for name in _TEXTS:
        given = options.get(name)
        if given is not None and not given.strip():
            raise UsageError(
                f"--{name.replace('_', '-')} got an empty text; allowed is a file or a name. Leave the option out "
                "where there is none."
            )
    return {name: options[name] or "" for name in _TEXTS if name in options}


@dataclass(frozen=True)
class AggregateInputs:
    """What a report without positions is made of; empty where it has some.

    Attributes
    ----------
    parameters : mapping
        For the notebook; files by their absolute path, as it runs in a folder of its own.
    files : tuple of Path
        Files that decide the result.
    basis : str
        For the report's name, which so never is that of one on positions.
    cohort : CohortConfig or None
        The cohort where no file defines one.
    """

    parameters: dict[str, object] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    basis: str = ""
    cohort: "CohortConfig | None" = None


def aggregate_inputs(request: "ReportRequest") -> AggregateInputs:
    """Inputs of a report without positions.

    Parameters
    ----------
    request : ReportRequest

    Raises
    ------
    UsageError
        If they do not go together, or a file is not there.
    """
    given = {name: value for name in _NAMES if (value := getattr(request, name)) is not None}
    if not given:
        return AggregateInputs()
    from cohortiv.assessment.aggregate import default_cohort
    from cohortiv.assessment.settings import Settings

    settings = Settings(positions=request.positions or "", **{**given, **plain_inputs(given)})
    located = {name: _located(str(given[name])) for name in _FILES if name in given}
    return AggregateInputs(
        parameters={**given, **{name: spec for name, (spec, _) in located.items()}},
        files=tuple(file for _, file in located.values()),
        basis="tier-table" if settings.tier_table else "reconstructed",
        cohort=default_cohort(settings),
    )


def refuse_unknown_names(request: "ReportRequest", spec: str | None, *, as_of: str) -> None:
    """Refuse a symbol, a snapshot or a tier cohort that the data do not hold.

    Parameters
    ----------
    request : ReportRequest
    spec : str or None
        Source of the positions; None where there are none, or the notebook brings its own.
    as_of : str
        Snapshot that is asked for.

    Raises
    ------
    UsageError, DataError
        As the run would, in the same words.
    """
    if not (spec or request.symbol or request.tier_table):
        return
    from cohortiv.assessment.asked import refuse_unknown_names as refuse
    from cohortiv.assessment.settings import Settings

    refuse(
        Settings(
            positions=spec or "",
            as_of=as_of,
            symbol=request.symbol,
            tier_table=request.tier_table or "",
            tier_cohort=request.tier_cohort,
            market=request.market or "",
            open_interest=request.open_interest or "",
            venue=request.venue or "",
        )
    )


def _located(spec: str) -> tuple[str, Path]:
    """A source with its absolute path, and its file."""
    from cohortiv.sources.files import absolute_spec, split_spec

    located = absolute_spec(spec)
    file = Path(split_spec(located)[1])
    if not file.is_file():
        raise UsageError(f"There is no file {file}; allowed is a CSV or Parquet file. Check the path.")
    return located, file
