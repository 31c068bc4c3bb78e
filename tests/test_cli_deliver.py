"""The command that passes a report on."""

import json
import shutil
from pathlib import Path

import pytest
from command_support import Shell
from delivery_support import SERVICE_WARNINGS, Desk, publish_by_hand, web_desk

pytestmark = SERVICE_WARNINGS


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)


def config(folder: Path, *desks: Desk) -> Path:
    """Delivery file with a chat for each desk, tried once."""
    targets = [f"  - {{name: chat {desk.port}, kind: chat, url: 'json://127.0.0.1:{desk.port}'}}" for desk in desks]
    file = folder / "delivery.yaml"
    file.write_text("\n".join(["retries: 0", "targets:", *targets, ""]), encoding="utf-8")
    return file


def test_targets_are_told_one_a_line(shell: Shell, tmp_path: Path) -> None:
    """A target that fails is named on standard error, the others on standard output, and the exit code says so."""
    folder = publish_by_hand(tmp_path)
    with web_desk(failures=9) as broken, web_desk() as good:
        done = shell.run("deliver", folder, "--config", config(tmp_path, broken, good))
    assert done.code == 4
    assert done.out.startswith(f"sent: chat {good.port}: ")
    assert done.err.startswith(f"failed: chat {broken.port}: ")
    assert f"1 of 2 targets got nothing: chat {broken.port}." in done.err


def test_dry_run_prints_the_message(shell: Shell, tmp_path: Path) -> None:
    """Subject and text are shown before the plan, and nothing arrives."""
    with web_desk() as desk:
        done = shell.run("deliver", publish_by_hand(tmp_path), "--config", config(tmp_path, desk), "--dry-run")
    assert (done.code, desk.attempts) == (0, 0)
    assert done.out.startswith("Subject: Yellow: All symbols")
    assert f"\nplanned: chat {desk.port}: " in done.out


@pytest.mark.parametrize(("flag", "arrived"), [("--only-on-change", 0), ("--always", 1)])
def test_flags_decide_on_an_unchanged_code(shell: Shell, tmp_path: Path, flag: str, arrived: int) -> None:
    """Without a change of the code only --always sends; skipping is no failure."""
    first = publish_by_hand(tmp_path, as_of="2026-02-11")
    folder = publish_by_hand(tmp_path, previous=first)
    with web_desk() as desk:
        done = shell.run("deliver", folder, "--config", config(tmp_path, desk), flag)
    assert (done.code, len(desk.received)) == (0, arrived)


def test_mail_is_written_to_a_file(shell: Shell, tmp_path: Path) -> None:
    """Without a delivery file the mail goes to a file, with the files that the report has."""
    folder = publish_by_hand(tmp_path, forms={"report-static.html": "<p>static</p>"})
    done = shell.run("deliver", folder, "--eml", "issue.eml")
    assert done.code == 0
    assert done.out.startswith("written: issue.eml (")
    assert b'filename="risk-all-2026-02-12.html"' in (tmp_path / "issue.eml").read_bytes()


def test_dry_run_writes_no_mail(shell: Shell, tmp_path: Path) -> None:
    """The file is planned only."""
    done = shell.run("deliver", publish_by_hand(tmp_path), "--eml", "issue.eml", "--dry-run")
    assert done.out.startswith("planned: issue.eml (")
    assert not (tmp_path / "issue.eml").exists()


def test_nobody_to_tell_is_bad_usage(shell: Shell, tmp_path: Path) -> None:
    """The message names both ways."""
    done = shell.run("deliver", publish_by_hand(tmp_path))
    assert done.code == 2
    assert "neither --config nor --eml" in done.err


def test_altered_report_is_bad_data(shell: Shell, tmp_path: Path) -> None:
    """Nothing is sent of a report that is not as it was published."""
    folder = publish_by_hand(tmp_path)
    (folder / "report.pdf").write_text("other", encoding="utf-8")
    done = shell.run("deliver", folder, "--eml", "issue.eml")
    assert done.code == 3
    assert "report.pdf is not the file that was published" in done.err


def test_what_a_target_has_got_is_not_sent_twice(shell: Shell, tmp_path: Path) -> None:
    """A second call skips who got the edition and tries again who did not; --again sends to all."""
    folder = publish_by_hand(tmp_path)
    with web_desk(failures=1) as broken, web_desk() as good:
        command = ("deliver", folder, "--config", config(tmp_path, broken, good))
        codes = [shell.run(*command).code, shell.run(*command).code, shell.run(*command, "--again").code]
        assert codes == [4, 0, 0]
        assert (len(broken.received), len(good.received)) == (2, 2)


def test_record_is_kept_without_addresses(shell: Shell, tmp_path: Path) -> None:
    """It names targets and outcomes, and no address; a dry run leaves none."""
    folder = publish_by_hand(tmp_path)
    with web_desk(failures=9) as broken, web_desk() as good:
        command = ("deliver", folder, "--config", config(tmp_path, broken, good))
        shell.run(*command, "--dry-run")
        assert not (tmp_path / "deliveries.jsonl").exists()
        shell.run(*command, "--record", "sent.jsonl")
    text = (tmp_path / "sent.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["outcome"] for line in text.splitlines()] == ["failed", "sent"]
    assert "127.0.0.1" not in text


def test_restated_report_is_sent_again(shell: Shell, tmp_path: Path) -> None:
    """Another edition is another report, whatever its name."""
    with web_desk() as desk:
        file = config(tmp_path, desk)
        for sentence in ("First.", "Second."):
            shutil.rmtree(tmp_path / "2026-02-12", ignore_errors=True)
            assert shell.run("deliver", publish_by_hand(tmp_path, sentence=sentence), "--config", file).code == 0
    assert len(desk.received) == 2
