"""Announcements reach web and mail servers on this machine, which fail as real ones do."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from delivery_support import SERVICE_WARNINGS, Desk, files_of, mail_desk, publish_by_hand, web_desk

from cohortiv.config.brand import load_brand
from cohortiv.delivery.bulletin import read_bulletin
from cohortiv.delivery.message import announcement
from cohortiv.delivery.send import Dispatch, Outcome, dispatched
from cohortiv.delivery.targets import DeliveryConfig, Target, When

pytestmark = SERVICE_WARNINGS
SECRET = "hunter2/with@signs"  # noqa: S105 - made up
ENVIRONMENT = {"HOOK_TOKEN": SECRET}


def chat(desk: Desk, *, name: str = "chat", when: When | None = None) -> Target:
    """Target whose address holds a secret."""
    return Target(name=name, kind="chat", url=f"json://me:${{HOOK_TOKEN}}@127.0.0.1:{desk.port}/hook", when=when)


def mail(desk: Desk) -> Target:
    """Mail without encryption, to a server on this machine."""
    url = f"mailto://127.0.0.1:{desk.port}?from=reports@example.org&to=desk@example.org"
    return Target(name="mail", kind="mail", url=url)


def job(
    folder: Path,
    *targets: Target,
    environment: Mapping[str, str] = ENVIRONMENT,
    when: When | None = None,
    dry_run: bool = False,
) -> Dispatch:
    """What to send of a report."""
    bulletin = read_bulletin(folder)
    config = DeliveryConfig(targets=targets, retries=2, wait_seconds=2.0, timeout_seconds=20.0)
    message = announcement(bulletin, brand=load_brand())
    return Dispatch(bulletin, message, config, environment, when=when, dry_run=dry_run)


def sent(work: Dispatch, waits: list[float] | None = None) -> list[Outcome]:
    """Outcomes, without waiting for anything."""
    return list(dispatched(work, sleep=(waits if waits is not None else []).append))


def test_chat_gets_the_text(tmp_path: Path) -> None:
    """Badge and sentence arrive, with no attachment."""
    with web_desk() as desk:
        (outcome,) = sent(job(publish_by_hand(tmp_path), chat(desk)))
    assert outcome.state == "sent"
    assert desk.received[0]["message"].startswith("▲ Yellow · IV Index 41.2")
    assert desk.received[0]["attachments"] == []


def test_mail_gets_page_and_files(tmp_path: Path) -> None:
    """The short page arrives with the PDF and the static edition, byte for byte and under the report's name."""
    folder = publish_by_hand(tmp_path)
    with mail_desk() as desk:
        (outcome,) = sent(job(folder, mail(desk)))
    assert outcome.state == "sent", outcome.told
    (received,) = desk.received
    assert received["Subject"].startswith("Yellow: All symbols")
    assert received["To"] == "desk@example.org"
    assert "96.9" in received.get_body(("html",)).get_content()
    assert files_of(received) == {
        "risk-all-2026-02-12.pdf": (folder / "report.pdf").read_bytes(),
        "risk-all-2026-02-12.html": (folder / "report-static.html").read_bytes(),
    }


def test_failing_target_is_tried_again(tmp_path: Path) -> None:
    """Each further attempt waits twice as long as the one before."""
    waits: list[float] = []
    with web_desk(failures=2) as desk:
        (outcome,) = sent(job(publish_by_hand(tmp_path), chat(desk)), waits)
    assert (outcome.state, desk.attempts, waits) == ("sent", 3, [2.0, 4.0])
    assert outcome.told.endswith("at attempt 3")


def test_busy_mail_server_is_tried_again(tmp_path: Path) -> None:
    """A mail that is refused for now arrives once."""
    with mail_desk(failures=1) as desk:
        (outcome,) = sent(job(publish_by_hand(tmp_path), mail(desk)))
    assert (outcome.state, len(desk.received)) == ("sent", 1)


def test_one_failing_target_does_not_stop_the_others(tmp_path: Path) -> None:
    """A server that always fails, a variable that is not set, and a good target after both."""
    with web_desk(failures=99) as broken, web_desk() as good:
        unset = Target(name="unset", kind="chat", url="json://${NOT_SET}")
        outcomes = sent(job(publish_by_hand(tmp_path), chat(broken, name="broken"), unset, chat(good)))
    assert [(item.target, item.state) for item in outcomes] == [
        ("broken", "failed"),
        ("unset", "failed"),
        ("chat", "sent"),
    ]
    assert broken.attempts == 3
    assert "3 attempts failed" in outcomes[0].told


def test_secret_is_shown_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whether it is sent, fails or is planned: neither outcome, log nor terminal has the value or its escaped form."""
    folder = publish_by_hand(tmp_path)
    nobody, unknown = Desk(port=1), Target(name="unknown", kind="chat", url="nonsense://${HOOK_TOKEN}@host")
    with web_desk() as desk, caplog.at_level(0):
        told = sent(job(folder, chat(desk), chat(nobody, name="nobody"), unknown))
        told += sent(job(folder, chat(desk), dry_run=True))
    seen = repr(told) + caplog.text + "".join(capfd.readouterr())
    assert "${HOOK_TOKEN}" in seen
    assert [form for form in (SECRET, "hunter2", "with%40signs") if form in seen] == []


def test_reason_of_a_failure_has_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that quotes its own address has the variable's name put back into what is told."""
    monkeypatch.setattr("cohortiv.delivery.send._attempt", lambda *_, **__: f"refused json://me:{SECRET}@host")
    (outcome,) = sent(job(publish_by_hand(tmp_path), chat(Desk(port=1))))
    assert "hunter2" not in outcome.told
    assert outcome.told.startswith("3 attempts failed, the last with: refused json://")


def test_dry_run_sends_nothing(tmp_path: Path) -> None:
    """It says what would go where, with the sizes of the files."""
    with mail_desk() as desk:
        (outcome,) = sent(job(publish_by_hand(tmp_path), mail(desk), dry_run=True))
    assert (outcome.state, desk.attempts) == ("planned", 0)
    assert "to=desk@example.org" in outcome.told
    assert "risk-all-2026-02-12.pdf (14 bytes)" in outcome.told


def test_dry_run_fails_where_the_run_would(tmp_path: Path) -> None:
    """Files, variables and addresses are looked at."""
    folder = publish_by_hand(tmp_path, forms={})
    wrong = Target(name="wrong", kind="chat", url="nonsense://host")
    outcomes = sent(job(folder, mail(Desk(port=1)), chat(Desk(port=1)), wrong, environment={}, dry_run=True))
    assert [item.state for item in outcomes] == ["failed"] * 3
    assert "has no report.pdf. Publish it with --pdf" in outcomes[0].told
    assert "HOOK_TOKEN, and it is not set" in outcomes[1].told
    assert "nonsense://host is no address" in outcomes[2].told


@pytest.mark.parametrize(
    ("own", "given", "expected"),
    [
        (None, None, "skipped"),
        ("always", None, "planned"),
        (None, "always", "planned"),
        ("always", "change", "skipped"),
    ],
)
def test_code_decides_who_is_told(tmp_path: Path, own: When | None, given: When | None, expected: str) -> None:
    """With the same code as before, the command's word counts before the target's, and that before the file's."""
    first = publish_by_hand(tmp_path, as_of="2026-02-11")
    folder = publish_by_hand(tmp_path, previous=first)
    (outcome,) = sent(job(folder, chat(Desk(port=1), when=own), when=given, dry_run=True))
    assert outcome.state == expected


@pytest.mark.parametrize(
    ("before", "last", "expected"),
    [
        ("yellow", "yellow", "skipped"),
        ("yellow", "green", "planned"),  # the issue before had changed, and its delivery failed
        ("green", "yellow", "skipped"),  # a target that has heard of it already
    ],
)
def test_a_target_hears_of_a_code_that_it_has_not_been_told(
    tmp_path: Path, before: str, last: str, expected: str
) -> None:
    """What it was last told counts, and only without a record the issue before."""
    first = publish_by_hand(tmp_path, as_of="2026-02-11", code=before)
    work = job(publish_by_hand(tmp_path, previous=first), chat(Desk(port=1)), dry_run=True)
    (outcome,) = sent(replace(work, codes={"chat": last}))
    assert outcome.state == expected


def test_a_restatement_with_another_code_is_announced(tmp_path: Path) -> None:
    """Although the issue before had that code."""
    first = publish_by_hand(tmp_path, as_of="2026-02-11", code="red")
    publish_by_hand(tmp_path, code="green", previous=first)
    restated = publish_by_hand(tmp_path, code="red", previous=first, supersede="Depth was missing")
    (outcome,) = sent(replace(job(restated, chat(Desk(port=1)), dry_run=True), codes={"chat": "green"}))
    assert outcome.state == "planned"
