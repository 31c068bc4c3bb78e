"""A mail as a file."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from cohortiv.delivery.mail_file import mail_bytes, write_mail
from cohortiv.delivery.message import Message
from cohortiv.errors import RunError

MESSAGE = Message("Gelb – ▲ subject", "▲ text\n", "<p>▲ page with =_cohortiv-1</p>\n")


@pytest.fixture
def files(tmp_path: Path) -> list[tuple[str, Path]]:
    """A PDF and a page."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 \x00\xff")
    (tmp_path / "b.html").write_text("<p>▲</p>", encoding="utf-8")
    return [("issue.pdf", tmp_path / "a.pdf"), ("issue.html", tmp_path / "b.html")]


def test_mail_program_finds_everything(files: list[tuple[str, Path]]) -> None:
    """A parser of mail gives back subject, text, page and files, byte for byte."""
    mail = message_from_bytes(mail_bytes(MESSAGE, files), policy=default)
    assert isinstance(mail, EmailMessage)
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    bodies = [part.get_content().replace("\r\n", "\n") for part in (text, page)]
    assert [mail["Subject"], *bodies] == [MESSAGE.subject, MESSAGE.text, MESSAGE.html]
    found = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert found == {name: path.read_bytes() for name, path in files}
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/pdf", "text/html"]


def test_mail_is_a_draft(files: list[tuple[str, Path]]) -> None:
    """It opens ready to be addressed, and names nobody."""
    mail = message_from_bytes(mail_bytes(MESSAGE, files), policy=default)
    assert mail["X-Unsent"] == "1"
    assert [mail[name] for name in ("From", "To", "Date")] == [None, None, None]


def test_same_report_gives_the_same_bytes(files: list[tuple[str, Path]]) -> None:
    """Nothing in it is drawn by lot."""
    assert mail_bytes(MESSAGE, files) == mail_bytes(MESSAGE, files)


def test_file_is_written_whole(tmp_path: Path) -> None:
    """A folder that is not there is made, and nothing else is left in it."""
    write_mail(tmp_path / "new" / "issue.eml", b"mail")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "new").iterdir()] == [("issue.eml", b"mail")]


def test_unwritable_file_is_named(tmp_path: Path) -> None:
    """The error says which, and why."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RunError, match=r"Cannot write .*issue\.eml: File exists"):
        write_mail(tmp_path / "file" / "issue.eml", b"mail")
