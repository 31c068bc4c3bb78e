"""An announcement on its way to all targets: what became of each, told at once and kept on record."""

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from cohortiv.delivery.bulletin import Bulletin
from cohortiv.delivery.message import Message
from cohortiv.delivery.record import add, codes_got, delivered, has_got, kept, line_of
from cohortiv.delivery.send import Dispatch, Outcome, dispatched
from cohortiv.delivery.targets import DeliveryConfig, When
from cohortiv.errors import RunError

Say = Callable[[str], None]


@dataclass(frozen=True)
class Sending:
    """What is sent by a delivery file, and the record that it is kept on.

    Attributes
    ----------
    bulletin : Bulletin
    message : Message
    settings : DeliveryConfig
    record : Path
    when : {"change", "always"} or None
        Wins over the delivery file.
    again : bool
        Whether it goes also to targets that have it.
    """

    bulletin: Bulletin
    message: Message
    settings: DeliveryConfig
    record: Path
    when: When | None = None
    again: bool = False


def send(sending: Sending, *, say: Say, dry_run: bool = False) -> None:
    """Send to all targets, one line each.

    Parameters
    ----------
    sending : Sending
    say : callable
        Takes the line of a target that did not fail; of one that did, the line goes to standard error.
    dry_run : bool
        Whether everything but the sending is done.

    Raises
    ------
    RunError
        If a target failed, or the record cannot be written.
    """
    with nullcontext() if dry_run else kept(sending.record):
        failed = [
            outcome.target for outcome in _outcomes(sending, dry_run=dry_run, say=say) if outcome.state == "failed"
        ]
    if failed:
        raise RunError(
            f"{len(failed)} of {len(sending.settings.targets)} targets got nothing: {', '.join(failed)}. The others "
            "are not concerned. Correct what is said above and deliver again."
        )


def _outcomes(sending: Sending, *, dry_run: bool, say: Say) -> Iterator[Outcome]:
    """What became of each target, told and put on record as soon as it is known."""
    bulletin, lines = sending.bulletin, delivered(sending.record)
    job = Dispatch(
        bulletin,
        sending.message,
        sending.settings,
        os.environ,
        when=sending.when,
        dry_run=dry_run,
        got={} if sending.again else has_got(lines, bulletin),
        codes={} if sending.again else codes_got(lines, bulletin),
    )
    for outcome in dispatched(job):
        line = f"{outcome.state}: {outcome.target}: {outcome.told}"
        if outcome.state == "failed":
            click.echo(line, err=True)
        else:
            say(line)
        if outcome.state in ("sent", "failed") and not dry_run:
            add(sending.record, line_of(bulletin, target=outcome.target, outcome=outcome.state, now=datetime.now(UTC)))
        yield outcome
