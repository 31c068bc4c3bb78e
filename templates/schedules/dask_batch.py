# ruff: noqa: INP001
"""Many reports on a Dask cluster, or on several processes of this machine.

python dask_batch.py --scheduler tcp://HOST:8786 --positions positions/ --since 2026-09-01 --symbol BTC --symbol ETH
python dask_batch.py --workers 4 --desk asia.yaml --desk europe.yaml --positions positions/ --as-of 2026-09-30

All other options are those of `cohortiv report`; --desk, a cohort file, may be given several times. Issues of one
series run one after the other, oldest first, as each finds the one before it; series run side by side. Standard output
has a line of JSON for each report as it ends, and the exit code is the highest of all. A report whose worker dies is
made again on another one, up to four times in all.

Needs `pip install "cohortiv[cluster]"` here and on the workers, and the folders of positions and reports under the same
paths everywhere. Start workers with one thread each: `dask worker tcp://HOST:8786 --nthreads 1 --nworkers 4`.
"""

import argparse
import json
import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from distributed import Client, Future, LocalCluster, as_completed

from cohortiv.cli.app import report
from cohortiv.cli.backfill import asked_requests
from cohortiv.cli.batch import Outcome, passed_on, readers_of, report_outcome
from cohortiv.cli.issue import plan_report
from cohortiv.cli.market_source import located_market
from cohortiv.cli.positions_source import located_positions
from cohortiv.cli.request import ReportRequest
from cohortiv.cli.workshop import open_workshop
from cohortiv.engine import use_engine
from cohortiv.errors import CohortivError, RunError, UsageError
from cohortiv.report.catalogue import write_catalogue
from cohortiv.report.secrets import scrubbed

#: Options that are about the call as a whole, not about one of its reports.
OF_THE_CALL = frozenset({"as_json", "delivery", "engine", "memory_limit"})


def main() -> int:
    """Check all requests, make the reports, bring the catalogue up to date; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--scheduler", metavar="ADDRESS", help="a running cluster, such as tcp://HOST:8786")
    where.add_argument("--workers", type=int, metavar="N", help="processes on this machine")
    parser.add_argument("--desk", action="append", type=Path, metavar="FILE", help="cohort file; repeatable")
    ours, theirs = parser.parse_known_args()
    try:
        options = report.make_context("report", theirs).params
        readers = readers_of(options["delivery"]) if options["delivery"] else None
        plans = {request: plan_report(request) for request in asked(options, desks=ours.desk or ())}
    except CohortivError as error:
        say(f"Error: {error}")
        return error.exit_code
    highest = 0
    with cluster(ours.scheduler, ours.workers) as client:
        for request, ended in made(client, list(plans), engine=(options["engine"], options["memory_limit"])):
            outcome = passed_on(ended, plans[request], readers, say=say) if readers else ended
            print(json.dumps(asdict(outcome), allow_nan=False), flush=True)  # noqa: T201 - a program reads it
            highest = max(highest, outcome.exit_code)
    request, plan = next(iter(plans.items()))
    if request.out.is_dir():
        write_catalogue(request.out, brand=plan.brand)
    return highest


def cluster(scheduler: str | None, workers: int | None) -> Client:
    """A running cluster, or one of processes on this machine that ends with the batch."""
    if scheduler:
        return Client(scheduler)
    return Client(LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None))


def asked(options: Mapping[str, Any], *, desks: Sequence[Path]) -> list[ReportRequest]:
    """Reports that the options of `cohortiv report` ask for, each for every desk."""
    own = {name: value for name, value in options.items() if name not in OF_THE_CALL}
    requests = asked_requests(located_market(located_positions(own, say=say), say=say))
    if not desks:
        return requests
    if options["cohort"]:
        raise UsageError("--desk and --cohort exclude each other. Give --desk for each cohort file.")
    return [replace(request, cohort=desk) for request in requests for desk in desks]


def made(
    client: Client, requests: Sequence[ReportRequest], *, engine: tuple[str, str]
) -> Iterator[tuple[ReportRequest, Outcome]]:
    """Requests with their outcomes, as reports end; a series has one report on the cluster at a time."""
    series: dict[tuple[object, ...], deque[ReportRequest]] = {}
    for request in requests:
        series.setdefault((request.notebook, request.symbol, request.cohort), deque()).append(request)
    running: dict[Future, tuple[ReportRequest, deque[ReportRequest]]] = {}

    def start(waiting: deque[ReportRequest]) -> Future:
        request = waiting.popleft()
        future = client.submit(make, request, str(Path.cwd()), engine, pure=False)
        running[future] = request, waiting
        return future

    ended = as_completed([start(waiting) for waiting in series.values()])
    for future in ended:
        request, waiting = running.pop(future)
        error = future.exception()
        yield request, future.result() if error is None else lost(request, error)
        if waiting:
            ended.add(start(waiting))


def make(request: ReportRequest, folder: str, engine: tuple[str, str]) -> Outcome:
    """On a worker: make one report, with paths as they are where the batch was started."""
    os.chdir(folder)
    name, limit = engine
    use_engine(name, memory_limit=limit)
    plan = plan_report(request)
    with open_workshop([plan.notebook], shows_cells=False, say=say) as workshop:
        return report_outcome(plan, workshop=workshop, say=say)


def lost(request: ReportRequest, error: BaseException) -> Outcome:
    """What is told of a report that no worker could begin or end."""
    return Outcome(
        report=Path(request.notebook).stem,
        as_of=request.as_of or "",
        symbol=request.symbol,
        status="failed",
        exit_code=error.exit_code if isinstance(error, CohortivError) else RunError.exit_code,
        code=None,
        iv_index=None,
        path=None,
        seconds=0.0,
        error=scrubbed(f"{type(error).__name__} on the cluster: {error}"),
    )


def say(message: str) -> None:
    """Tell a person, not the program that reads standard output."""
    sys.stderr.write(f"{message}\n")


if __name__ == "__main__":
    sys.exit(main())
