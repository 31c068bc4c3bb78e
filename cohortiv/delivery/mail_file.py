"""A mail as a file: for people without a gateway, who open it in their mail program, address it and send it."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final

from cohortiv.delivery.message import Message
from cohortiv.errors import RunError
from cohortiv.whole_file import write_whole

_MEDIA_TYPES: Final = {".pdf": ("application", "pdf"), ".html": ("text", "html")}


def mail_bytes(message: Message, attachments: Sequence[tuple[str, Path]]) -> bytes:
    """Write an announcement as a mail.

    Parameters
    ----------
    message : Message
    attachments : sequence of tuple
        Name under which each file goes along, and its path.

    Returns
    -------
    bytes
        RFC 5322, marked as not yet sent, without sender, recipient and date: whoever sends it has them. The same bytes
        for the same report.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = message.subject
    mail["X-Unsent"] = "1"
    # In this encoding no text can hold a boundary: its "=" is written otherwise.
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    for name, path in attachments:
        main, sub = _MEDIA_TYPES[path.suffix]
        mail.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=name)
    parts = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(parts, start=1):
        part.set_boundary(f"=_cohortiv-{number}")
    return mail.as_bytes()


def write_mail(target: Path, content: bytes) -> None:
    """Write the file of a mail, whole or not at all.

    Parameters
    ----------
    target : Path
        Usually ends in .eml.
    content : bytes
        From `mail_bytes`.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    try:
        write_whole(target, content)
    except OSError as error:
        raise RunError(f"Cannot write {target}: {error.strerror or error}. Name another file.") from error
