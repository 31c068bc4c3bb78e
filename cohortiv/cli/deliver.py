"""The command that passes a published report on to its readers."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cohortiv.errors import RunError, UsageError

if TYPE_CHECKING:
    from cohortiv.delivery.bulletin import Bulletin
    from cohortiv.delivery.message import Message
    from cohortiv.delivery.send import Outcome
    from cohortiv.delivery.targets import DeliveryConfig, When


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="REPORT_DIR")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Delivery file (YAML): who gets it.")
@click.option("--dry-run", is_flag=True, help="Check everything, say what would go where, and send nothing.")
@click.option("--only-on-change", "when", flag_value="change", help="Send if the code differs from the issue before.")
@click.option("--always", "when", flag_value="always", help="Send whatever the code.  [default: as the file says]")
@click.option(
    "--eml", type=click.Path(path_type=Path), metavar="FILE", help="Write the mail to a file to send by hand."
)
@click.option("--again", is_flag=True, help="Send also to targets that have got this edition already.")
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Record of what was sent.  [default: deliveries.jsonl in the folder of reports]",
)
@click.option("--brand", type=click.Path(path_type=Path), metavar="FILE", help="Your own brand file (YAML).")
def deliver(
    *,
    folder: Path,
    config: Path | None,
    dry_run: bool,
    when: "When | None",
    eml: Path | None,
    again: bool,
    record: Path | None,
    brand: Path | None,
) -> None:
    """Pass a published report on, by mail or chat.

    A mail has a short page and the report's files, a chat the badge and the sentence. An address in the delivery file
    holds ${NAME} where a secret belongs; it is read from the environment and shown nowhere. A target that fails is
    tried again and does not stop the others; the command then ends with exit code 4. What was sent to whom is kept on
    record, and a target that has got an edition does not get it twice. templates/delivery.yaml is a file to begin with.
    """
    from cohortiv.config.brand import load_brand
    from cohortiv.delivery.bulletin import read_bulletin
    from cohortiv.delivery.message import announcement
    from cohortiv.delivery.record import record_of
    from cohortiv.delivery.targets import load_delivery

    if config is None and eml is None:
        raise UsageError("deliver got neither --config nor --eml; allowed are one or both. Say who gets the report.")
    settings = load_delivery(config) if config else None
    bulletin = read_bulletin(folder)
    message = announcement(bulletin, brand=load_brand(brand), link=settings.link if settings else "")
    if eml is not None:
        _write(eml, bulletin, message, dry_run=dry_run)
    if settings is not None:
        _send(_Plan(bulletin, message, settings, when, record or record_of(bulletin), again=again), dry_run=dry_run)


@dataclass(frozen=True)
class _Plan:
    """What is sent by a delivery file, and the record that it is kept on."""

    bulletin: "Bulletin"
    message: "Message"
    settings: "DeliveryConfig"
    when: "When | None"
    record: Path
    again: bool


def _write(eml: Path, bulletin: "Bulletin", message: "Message", *, dry_run: bool) -> None:
    """Write the mail with what the report has of the files that a mail gets."""
    from cohortiv.delivery.mail_file import mail_bytes, write_mail
    from cohortiv.delivery.send import attachments

    kinds = tuple(kind for kind in bulletin.files if kind != "page")
    content = mail_bytes(message, attachments(bulletin, kinds, wanted_by="--eml"))
    if not dry_run:
        write_mail(eml, content)
    click.echo(f"{'planned' if dry_run else 'written'}: {eml} ({len(content):,} bytes)")


def _send(plan: "_Plan", *, dry_run: bool) -> None:
    """Send to all targets, one line each; leave with an error if one of them failed."""
    from cohortiv.delivery.record import kept

    if dry_run:
        click.echo(f"Subject: {plan.message.subject}\n\n{plan.message.text}")
    with nullcontext() if dry_run else kept(plan.record):
        failed = [outcome.target for outcome in _outcomes(plan, dry_run=dry_run) if outcome.state == "failed"]
    if failed:
        raise RunError(
            f"{len(failed)} of {len(plan.settings.targets)} targets got nothing: {', '.join(failed)}. The others are "
            "not concerned. Correct what is said above and deliver again."
        )


def _outcomes(plan: "_Plan", *, dry_run: bool) -> "Iterator[Outcome]":
    """What became of each target, told and put on record as soon as it is known."""
    from cohortiv.delivery.record import add, codes_got, delivered, has_got, line_of
    from cohortiv.delivery.send import Dispatch, dispatched

    lines = delivered(plan.record)
    got = {} if plan.again else has_got(lines, plan.bulletin)
    codes = {} if plan.again else codes_got(lines, plan.bulletin)
    job = Dispatch(
        plan.bulletin, plan.message, plan.settings, os.environ, when=plan.when, dry_run=dry_run, got=got, codes=codes
    )
    for outcome in dispatched(job):
        click.echo(f"{outcome.state}: {outcome.target}: {outcome.told}", err=outcome.state == "failed")
        if outcome.state in ("sent", "failed") and not dry_run:
            add(
                plan.record, line_of(plan.bulletin, target=outcome.target, outcome=outcome.state, now=datetime.now(UTC))
            )
        yield outcome
