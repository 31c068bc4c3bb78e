"""The command line: flags in, exit code out."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cohortiv import __version__
from cohortiv.cli.completion import notebooks, scenarios, sources, symbols
from cohortiv.cli.deliver import deliver
from cohortiv.cli.fetch import fetch
from cohortiv.cli.history import add_to_history, history, is_history
from cohortiv.cli.inputs import AGGREGATES, plain_inputs
from cohortiv.cli.loading import REPORTING, leave_at_once, load_libraries
from cohortiv.cli.market_source import located_market
from cohortiv.cli.new_report import new_report
from cohortiv.cli.positions_source import located_positions
from cohortiv.cli.system_errors import Failure, refused, unforeseen
from cohortiv.cli.usage import refuse_bad_depth, refuse_empty_positions
from cohortiv.cli.verify import verify
from cohortiv.errors import CohortivError, UsageError
from cohortiv.report.secrets import scrubbed

if TYPE_CHECKING:
    from cohortiv.assessment import Assessment
    from cohortiv.published_cascade import PublishedCascade

#: Exit codes of `--fail-on`, by code.
FAIL_CODES = {"yellow": 10, "red": 11, "grey": 12}
_FAILED = 4


def _positions(*, without: str) -> Callable[..., Any]:
    """The option --positions, whose help says what a run is on without it."""
    return click.option(
        "--positions",
        metavar="PATH",
        multiple=True,
        shell_complete=sources,
        help="File, folder, glob or NAME:FILE (for example hyperliquid:FILE); repeatable, for several venues. "
        f"VENUE: fetches an account with your read-only key and keeps it first. Left out: {without}.",
    )


_snapshot = [
    click.option("--as-of", metavar="TIME", help="Date (last snapshot of that UTC day) or timestamp (UTC)."),
    click.option(
        "--symbol",
        metavar="BTC",
        shell_complete=symbols,
        help="One symbol; left out, the cohort is read as a whole.",
    ),
]
_snapshots = [
    click.option(
        "--as-of",
        multiple=True,
        metavar="TIME",
        help="Date (last snapshot of that UTC day) or timestamp (UTC); repeatable.",
    ),
    click.option(
        "--since", metavar="DATE", help="In place of --as-of: every day of --positions with a snapshot, from here."
    ),
    click.option("--until", metavar="DATE", help="The last such day; left out, there is no last one."),
    click.option(
        "--symbol",
        multiple=True,
        metavar="BTC",
        shell_complete=symbols,
        help="One symbol, repeatable for a report on each; left out, the cohort is read as a whole.",
    ),
]
_cohort = [
    click.option("--cohort", type=click.Path(path_type=Path), metavar="FILE", help="Cohort file (YAML)."),
    click.option(
        "--brackets", type=click.Path(path_type=Path), metavar="FILE|DIR", help="Your own bracket tables (CSV)."
    ),
    click.option(
        "--max-excluded",
        type=float,
        default=0.01,
        show_default=True,
        help="Largest share of notional that may be excluded; more is exit 3.",
    ),
]
_selection = [*_snapshot, *_cohort]
_sample = _positions(without="the embedded SYNTHETIC sample")
_source = [_sample, *_selection]
_index = [
    click.option("--critical-mass", type=float, default=0.15, show_default=True, help="Share of leveraged notional."),
    click.option("--horizon-days", type=float, default=7.0, show_default=True, help="Horizon in days."),
    click.option(
        "--reference-volatility",
        type=float,
        help="Annualised anchor of the index, as a fraction.  [default: 0.40, times the symbol's kappa]",
    ),
]


_depth = click.option(
    "--depth-usd",
    type=float,
    metavar="USD",
    help="Orders that move the price by 1 %; with it the cascade has a number.",
)
_engine = [
    click.option(
        "--engine",
        default="duckdb",
        show_default=True,
        envvar="COHORTIV_ENGINE",
        show_envvar=True,
        help="duckdb, in this process; spark://local[N], spark://HOST:PORT or sc://HOST:PORT, with pyspark 4.0 "
        "installed.",
    ),
    click.option(
        "--memory-limit",
        default="8GB",
        show_default=True,
        envvar="COHORTIV_MEMORY_LIMIT",
        show_envvar=True,
        help="What duckdb keeps before it spills to disk.",
    ),
]


def _with(options: list[Callable[..., Any]]) -> Callable[..., Any]:
    """Add options to a command, in the order of the list."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="cohortiv")
def cli() -> None:
    """How near leveraged crypto positions are to a liquidation cascade.

    Exit codes: 0 done, 2 bad usage, 3 bad or insufficient data, 4 the run failed; with --fail-on 10 yellow, 11 red,
    12 grey. Tab completion: eval "$(_COHORTIV_COMPLETE=bash_source cohortiv)", or zsh_source for zsh.
    """


@cli.command()
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...", shell_complete=notebooks)
@_with([_sample, *_snapshots, *_cohort])
@_with(AGGREGATES)
@click.option("--published", metavar="TIME", help="Time of publication to print, ISO 8601; left out, none is printed.")
@click.option("-p", "parameters", multiple=True, metavar="NAME=VALUE", help="Another notebook parameter; repeatable.")
@click.option(
    "--params-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Notebook parameters from a file, YAML or JSON; -p wins over it.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True, help="Folder of reports."
)
@click.option("--brand", type=click.Path(path_type=Path), metavar="FILE", help="Your own brand file (YAML).")
@click.option("--pdf", is_flag=True, help="Print report.pdf too; needs Chromium, Chrome or Edge on the PATH.")
@click.option("--static", is_flag=True, help="Write report-static.html too: the page without scripts, for mail.")
@click.option(
    "--supersede",
    metavar="REASON",
    help="Why a published report is restated on other inputs, parameters or code; its old edition is kept.",
)
@click.option("--sign", type=click.Path(path_type=Path), metavar="KEY", help="Sign the manifest with an SSH key.")
@click.option("--force", is_flag=True, help="Make a report again that is published and unchanged.")
@click.option(
    "--deliver",
    "delivery",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Pass each report on by a delivery file (YAML), as `cohortiv deliver` does, and tell readers where one fails.",
)
@click.option(
    "--cell-timeout",
    type=click.IntRange(1),
    metavar="SECONDS",
    help="Longest time that one cell may take; by default any.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print a line of JSON for each report and nothing else on standard output."
)
@_depth
@click.option(
    "--option-volatility",
    type=float,
    metavar="SHARE",
    help="Annualised volatility that hedges are priced at, as a fraction.  [default: the index's reference]",
)
@click.option("--playbook", type=click.Path(path_type=Path), metavar="FILE", help="Your own playbook (YAML).")
@_with(_engine)
def report(*, as_json: bool, delivery: Path | None, engine: str, memory_limit: str, **options: Any) -> None:  # noqa: ANN401 - as click hands them over
    """Publish dated HTML reports: OUT/<as-of>/<name>/report.html, with summary.json and manifest.json.

    NOTEBOOK is the name of one that ships, by default risk-report, or the path of a file. Several notebooks, dates and
    symbols give a report on each. One that fails does not stop the others; the exit code is the highest. What is
    published on the same inputs, parameters and code is left as it is.
    """
    own = load_libraries(REPORTING, holds_engine=True)
    from cohortiv.cli.backfill import asked_requests
    from cohortiv.cli.batch import make_reports
    from cohortiv.engine import use_engine

    use_engine(engine, memory_limit=memory_limit)
    code = make_reports(asked_requests(_located(options)), as_json=as_json, say=_say, delivery=delivery)
    if own:
        leave_at_once(code)
    sys.exit(code)


@cli.command()
@_with(_source)
@_with(AGGREGATES)
@_with(_index)
@_with(_engine)
@_depth
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on standard output.")
@click.option(
    "--fail-on",
    type=click.Choice(["yellow", "red"]),
    help="Exit 10, 11 or 12 at this code or above; 12 also where a venue is missing.",
)
def index(*, as_json: bool, fail_on: str | None, depth_usd: float | None, **options: Any) -> None:  # noqa: ANN401 - as click hands them over
    """Print the IV Index of one snapshot, unsuppressed: for those who hold the positions."""
    refuse_bad_depth(depth_usd)
    own = load_libraries()
    from cohortiv.assessment import Settings, assess, read_cohort
    from cohortiv.assessment.coverage import MISSING
    from cohortiv.cli.text import text_summary
    from cohortiv.summary import summarise

    settings = Settings(**_settings(options))
    result = assess(settings, read_cohort(settings, for_report=False, say=_say))
    summary = summarise(result, cascade=None if depth_usd is None else _cascade(result, depth_usd))
    click.echo(json.dumps(summary, indent=2, allow_nan=False) if as_json else text_summary(summary))
    is_whole = all(venue.status != MISSING for venue in result.reading.venues)
    code = _exit_code(str(summary["code"]) if is_whole else "grey", fail_on)
    if own:
        leave_at_once(code)
    sys.exit(code)


@cli.command()
@_with(_source)
@_with(AGGREGATES)
@click.option("--all-snapshots", is_flag=True, help="One profile a snapshot; --out is then a folder.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE|FOLDER", help="Where to write.")
@click.option(
    "--supersede", metavar="REASON", help="In a folder: why stored snapshots are replaced; the old ones stay."
)
@_with(_engine)
def profile(
    *,
    out: Path,
    all_snapshots: bool,
    supersede: str | None,
    **options: Any,  # noqa: ANN401 - as click does
) -> None:
    """Build the liquidation profile and keep it as Parquet; internal, it is not suppressed.

    A FILE is written anew. A FOLDER is a history: a snapshot is added, one file each, and none is ever changed; look
    after it with `cohortiv history`. METHODOLOGY.md, section 7, says what the columns are.
    """
    load_libraries()
    from cohortiv.assessment import Settings
    from cohortiv.assessment.profiles import write_profile

    if all_snapshots and options["as_of"]:
        raise UsageError("--as-of and --all-snapshots exclude each other. Give one of them.")
    settings = Settings(**_settings(options))
    if is_history(out, all_snapshots=all_snapshots):
        for path in add_to_history(settings, out, all_snapshots=all_snapshots, reason=supersede, say=_say):
            click.echo(path)
        return
    if supersede is not None:
        raise UsageError(f"--supersede is for a folder, and --out got the file {out}. Leave the option out.")
    click.echo(write_profile(settings, out, say=_say))


@cli.command()
@click.argument("name", required=False, metavar="[NAME|FILE]", shell_complete=scenarios)
@_with([_positions(without="the scenario's own SYNTHETIC cohort"), *_selection])
@_with(_index)
@click.option(
    "--depth-usd",
    type=float,
    metavar="USD",
    help="Orders that move the price by 1 %, in place of the scenario's; with --positions none shows a range.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on standard output.")
def scenario(*, name: str | None, depth_usd: float | None, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - as click does
    """Run a scenario, on its own SYNTHETIC cohort or on --positions; without NAME or FILE, list those that ship.

    On --positions its own cohort and depth play no part: its changes are applied, and one without changes says so. A
    depth counts if it is in a FILE of yours or given as --depth-usd.
    """
    refuse_bad_depth(depth_usd)
    load_libraries()
    from cohortiv.assessment import Settings
    from cohortiv.cli.scenario import ScenarioRequest, list_scenarios, run_request, scenario_text
    from cohortiv.published_scenario import scenario_summary

    if name is None:
        click.echo(list_scenarios())
        return
    result = run_request(ScenarioRequest(name, Settings(**_settings(options)), depth_usd), say=_say)
    click.echo(json.dumps(scenario_summary(result), indent=2, allow_nan=False) if as_json else scenario_text(result))


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder to write to.")
@click.option("--accounts", type=click.IntRange(1), default=4000, show_default=True, help="Number of accounts.")
@click.option("--seed", type=click.IntRange(0), default=20260930, show_default=True, help="Seed of the generator.")
def sample(out: Path, accounts: int, seed: int) -> None:
    """Write the SYNTHETIC sample: positions.parquet, cohort.yaml and README.txt."""
    from cohortiv.sources.sample import write_sample

    _say("Generating a SYNTHETIC cohort")
    made = write_sample(out, accounts=accounts, seed=seed)
    for path in (made.positions, made.cohort, made.readme):
        click.echo(path)


cli.add_command(history)
cli.add_command(new_report)
cli.add_command(deliver)
cli.add_command(fetch)
cli.add_command(verify)


def _cascade(result: "Assessment", depth_usd: float) -> "PublishedCascade":
    from cohortiv.published_cascade import publish_cascade

    return publish_cascade(result, mark_price=None, depth_usd=depth_usd)


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    """Options as `assessment.Settings` takes them; without any input it is the embedded sample."""
    located = _located(options)
    return {**located, **plain_inputs(located), "positions": located["positions"] or ""}


def _located(options: dict[str, Any]) -> dict[str, Any]:
    """Options in which positions and market data are files: what is at a venue was fetched and kept."""
    located = located_positions(options, say=_say)
    refuse_empty_positions(located["positions"])
    return located_market(located, say=_say) if "market" in options else located


def _exit_code(code: str, fail_on: str | None) -> int:
    """Exit code of a result: the code's own if it is at or above the wanted code; Grey is always above."""
    below = fail_on is None or code == "green" or (fail_on == "red" and code == "yellow")
    return 0 if below else FAIL_CODES[code]


def _say(message: str) -> None:
    click.echo(message, err=True)


def main() -> None:
    """Run the command line; every error becomes one message and an exit code."""
    try:
        cli.main(standalone_mode=False)
    except CohortivError as error:
        click.echo(f"Error: {scrubbed(str(error))}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        _leave(refused(error))
    except click.exceptions.Abort:
        click.echo("Aborted.", err=True)
        sys.exit(_FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person reads one line and a program the exit code
        _leave(unforeseen(error))


def _leave(failure: Failure) -> NoReturn:
    """Leave with the message of an error that is not ours."""
    click.echo(f"Error: {scrubbed(failure.text)}", err=True)
    sys.exit(failure.exit_code)


if __name__ == "__main__":
    main()
