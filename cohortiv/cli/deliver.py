"""The command that passes a published report on to its readers."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cohortiv.errors import UsageError

if TYPE_CHECKING:
    from cohortiv.delivery.bulletin import Bulletin
    from cohortiv.delivery.message import Message
    from cohortiv.delivery.targets import When


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
    from cohortiv.cli.sending import Sending, send
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
        sending = Sending(bulletin, message, settings, record or record_of(bulletin), when=when, again=again)
        if dry_run:
            click.echo(f"Subject: {message.subject}\n\n{message.text}")
        send(sending, dry_run=dry_run, say=click.echo)


def _write(eml: Path, bulletin: "Bulletin", message: "Message", *, dry_run: bool) -> None:
    """Write the mail with what the report has of the files that a mail gets."""
    from cohortiv.delivery.mail_file import mail_bytes, write_mail
    from cohortiv.delivery.send import attachments

    kinds = tuple(kind for kind in bulletin.files if kind != "page")
    content = mail_bytes(message, attachments(bulletin, kinds, wanted_by="--eml"))
    if not dry_run:
        write_mail(eml, content)
    click.echo(f"{'planned' if dry_run else 'written'}: {eml} ({len(content):,} bytes)")
