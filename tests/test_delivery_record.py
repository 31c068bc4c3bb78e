"""The record of deliveries: what it says, what it survives, and who may read it."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from delivery_support import publish_by_hand
from filelock import FileLock

from cohortiv.delivery import record as records
from cohortiv.delivery.bulletin import Bulletin, read_bulletin
from cohortiv.delivery.record import RECORD, add, codes_got, delivered, has_got, kept, line_of, record_of
from cohortiv.errors import RunError
from cohortiv.report.manifest import MANIFEST, sha256_of

NOW = datetime(2026, 2, 12, 7, 0, tzinfo=UTC)


@pytest.fixture
def bulletin(tmp_path: Path) -> Bulletin:
    """A report on a shelf."""
    return read_bulletin(publish_by_hand(tmp_path))


def test_line_says_what_went_where(tmp_path: Path, bulletin: Bulletin) -> None:
    """When, which report, which edition, to whom, and how it ended."""
    record = tmp_path / RECORD
    add(record, line_of(bulletin, target="desk", outcome="sent", now=NOW))
    assert json.loads(record.read_text(encoding="utf-8")) == {
        "when": "2026-02-12T07:00:00+00:00",
        "report": "2026-02-12/risk-all",
        "edition_sha256": sha256_of(bulletin.folder / MANIFEST),
        "target": "desk",
        "outcome": "sent",
        "code": "yellow",
    }


def test_lines_are_only_added(tmp_path: Path, bulletin: Bulletin) -> None:
    """What stands in the record stays, byte by byte."""
    record = tmp_path / RECORD
    add(record, line_of(bulletin, target="desk", outcome="failed", now=NOW))
    before = record.read_bytes()
    add(record, line_of(bulletin, target="desk", outcome="sent", now=NOW))
    assert record.read_bytes().startswith(before)
    assert [line.outcome for line in delivered(record)] == ["failed", "sent"]


def test_line_cut_short_costs_itself_only(tmp_path: Path, bulletin: Bulletin) -> None:
    """After a power failure the next line is whole, and the broken one is passed over."""
    record = tmp_path / RECORD
    add(record, line_of(bulletin, target="desk", outcome="sent", now=NOW))
    with record.open("ab") as file:
        file.write(b'{"when": "2026-')
    add(record, line_of(bulletin, target="alerts", outcome="sent", now=NOW))
    assert [line.target for line in delivered(record)] == ["desk", "alerts"]


def test_only_what_was_sent_of_this_edition_counts(tmp_path: Path, bulletin: Bulletin) -> None:
    """A failure is no delivery, and another edition is another report."""
    other = read_bulletin(publish_by_hand(tmp_path / "other", sentence="Restated."))
    record = tmp_path / RECORD
    for about, target, outcome in ((bulletin, "desk", "failed"), (other, "desk", "sent"), (bulletin, "alerts", "sent")):
        add(record, line_of(about, target=target, outcome=outcome, now=NOW))
    assert has_got(delivered(record), bulletin) == {"alerts": "2026-02-12T07:00:00+00:00"}


def test_nothing_was_sent_without_a_record(tmp_path: Path) -> None:
    """The first delivery starts it."""
    assert delivered(tmp_path / RECORD) == ()


def test_record_stands_beside_the_reports(tmp_path: Path, bulletin: Bulletin) -> None:
    """One for all reports of a shelf; a report that stands alone has its own beside it."""
    alone = bulletin.folder.rename(tmp_path / "alone")
    assert record_of(bulletin) == tmp_path.resolve() / RECORD
    assert record_of(read_bulletin(alone)) == tmp_path.resolve() / RECORD


def test_record_is_for_its_owner(tmp_path: Path) -> None:
    """It names who gets reports."""
    record = tmp_path / RECORD
    with kept(record):
        assert stat.S_IMODE(record.stat().st_mode) == 0o600


def test_record_that_cannot_be_written_stops_before_sending(tmp_path: Path) -> None:
    """Nothing is sent that would be on no record."""
    (tmp_path / RECORD).mkdir()
    with pytest.raises(RunError, match=r"Cannot write .*Nothing is sent.*--record"), kept(tmp_path / RECORD):
        pytest.fail("held")


def test_two_deliveries_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that waits for too long sends nothing."""
    monkeypatch.setattr(records, "LOCK_SECONDS", 0.01)
    with (
        FileLock(tmp_path / f".{RECORD}.lock"),
        pytest.raises(RunError, match="Another delivery"),
        kept(tmp_path / RECORD),
    ):
        pytest.fail("held")


def test_the_code_last_told_is_that_of_what_was_sent(tmp_path: Path) -> None:
    """A failed attempt told nobody anything; a line of an earlier version has no code; other reports don't count."""
    record = tmp_path / RECORD
    first = read_bulletin(publish_by_hand(tmp_path, as_of="2026-02-11", code="green"))
    second = read_bulletin(publish_by_hand(tmp_path, code="red"))
    add(record, line_of(first, target="desk", outcome="sent", now=NOW))
    add(record, line_of(second, target="desk", outcome="failed", now=NOW))
    old = {key: value for key, value in json.loads(record.read_text("utf-8").splitlines()[0]).items() if key != "code"}
    with record.open("a", encoding="utf-8") as file:
        file.write(json.dumps(old | {"target": "alerts"}) + "\n")
        file.write(json.dumps(old | {"report": "2026-02-12/other", "target": "chat", "code": "red"}) + "\n")
    assert [line.target for line in delivered(record)] == ["desk", "desk", "alerts", "chat"]
    assert codes_got(delivered(record), second) == {"desk": "green"}


def test_a_restatement_is_news_whatever_its_code(tmp_path: Path) -> None:
    """Who got the edition before is told of the new one."""
    record = tmp_path / RECORD
    publish_by_hand(tmp_path)
    add(record, line_of(read_bulletin(tmp_path / "2026-02-12" / "risk-all"), target="desk", outcome="sent", now=NOW))
    restated = read_bulletin(publish_by_hand(tmp_path, supersede="Depth was missing"))
    assert codes_got(delivered(record), restated) == {"desk": ""}
