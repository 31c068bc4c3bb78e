"""What the tests of delivery share: published reports made by hand, and servers on this machine that can fail."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from nbformat import writes
from report_support import notebook_of, shown_by

from cohortiv import page
from cohortiv.report.manifest import MANIFEST, SCHEMA_VERSION, manifest_text, sha256_of

#: Apprise loads all its services when it is first asked for one, and some import what Python is about to lose.
SERVICE_WARNINGS = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
SENTENCE = "The IV Index stands at 41.3 (Yellow), +0.8 since the issue before."
FORMS = {"report.pdf": "%PDF-1.4 paper", "report-static.html": "<p>static</p>"}


def publish_by_hand(
    root: Path,
    *,
    as_of: str = "2026-02-12",
    code: str = "yellow",
    previous: Path | None = None,
    forms: Mapping[str, str] = FORMS,
    sentence: str = SENTENCE,
    held: str | None = None,
    assumed_from: str | None = None,
    issue: Mapping[str, object] | None = None,
    supersede: str = "",
) -> Path:
    """Put a report on a shelf without running any notebook, as it verifies; give its folder.

    With a reason to supersede, the one that stands there is kept as its first edition.
    """
    folder = root / as_of / "risk-all"
    editions = [replaced(folder, supersede)] if supersede else []
    folder.mkdir(parents=True, exist_ok=bool(supersede))
    shown = shown_by(lambda: show(as_of=as_of, code=code, sentence=sentence, held=held, assumed_from=assumed_from))
    contents = {
        "report.html": "<p>live</p>",
        "notebook.ipynb": writes(notebook_of(shown)),
        "summary.json": json.dumps({"code": code, "iv_index": 41.3, "as_of": as_of, "issue": issue}),
        **forms,
    }
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "as_of": as_of,
        "name": "risk-all",
        "inputs": [],
        "previous": previous and before(previous),
        "edition": len(editions) + 1,
        "editions": editions,
        "outputs": {name: sha256(text.encode()).hexdigest() for name, text in contents.items()},
    }
    (folder / MANIFEST).write_text(manifest_text(manifest), encoding="utf-8")
    return folder


def replaced(folder: Path, reason: str) -> dict[str, object]:
    """Move a report to where its first edition is kept; what the next one's manifest says of it."""
    files, kept = [*folder.iterdir()], folder / "editions" / "1"
    kept.mkdir(parents=True)
    for file in files:
        file.rename(kept / file.name)
    return {"edition": 1, "reason": reason, "manifest_sha256": sha256_of(kept / MANIFEST)}


def before(folder: Path) -> dict[str, str]:
    """What a manifest says of the issue before."""
    digest = sha256_of(folder / MANIFEST)
    return {"as_of": folder.parent.name, "name": folder.name, "manifest_sha256": digest}


def show(*, as_of: str, code: str, sentence: str, held: str | None, assumed_from: str | None) -> None:
    """Show the headline."""
    figures = [page.KeyFigure("Critical volatility", "96.9 %", "annualised")]
    page.headline(
        series="IV Index risk report",
        title="All symbols: how near is a cascade?",
        cohort="All <accounts>",
        symbols=["BTC"],
        as_of=as_of,
        sentence=sentence,
        key_figures=figures,
        code=code,
        code_held=held,
        before={"code": assumed_from, "iv_index": 50.0, "remark": ""} if assumed_from else None,
        iv_index=41.25,
        synthetic=True,
    )


@dataclass
class Desk:
    """What a server on this machine has received, and how often it is to fail before."""

    port: int = 0
    failures: int = 0
    attempts: int = 0
    received: list[Any] = field(default_factory=list)

    def fails(self) -> bool:
        """Count an attempt, and say whether it is one of those that fail."""
        self.attempts += 1
        return self.attempts <= self.failures


@contextmanager
def web_desk(*, failures: int = 0) -> Iterator[Desk]:
    """A server that takes what Apprise's json:// posts."""
    desk = Desk(failures=failures)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Take one."""
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if desk.fails():
                self.send_error(503)
                return
            desk.received.append(content)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mail_desk(*, failures: int = 0) -> Iterator[Desk]:
    """A mail server; a failure is what a busy one says."""
    desk = Desk(failures=failures)

    class Handler:
        async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802
            """Take one mail."""
            if desk.fails():
                return "451 try later"
            desk.received.append(message_from_bytes(envelope.content, policy=default))
            return "250 OK"

    desk.port = free_port()
    controller = Controller(Handler(), hostname="127.0.0.1", port=desk.port)
    controller.start()
    try:
        yield desk
    finally:
        controller.stop()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def files_of(mail: Message) -> dict[str, bytes]:
    """Attachments of a mail by name."""
    assert isinstance(mail, EmailMessage)
    return {str(part.get_filename()): decoded(part) for part in mail.iter_attachments()}


def decoded(part: Message) -> bytes:
    """Content of an attachment."""
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content
