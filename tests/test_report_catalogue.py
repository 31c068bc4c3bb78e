"""The catalogue over all reports."""

import fcntl
import json
import os
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest

from cohortiv.config.brand import load_brand
from cohortiv.errors import RunError
from cohortiv.report.catalogue import write_catalogue

NOW = datetime(2026, 2, 13, 9, tzinfo=UTC)


def shelve(root: Path, *, as_of: str, name: str = "risk-all", **summary: object) -> None:
    """Put a report on the shelf, as far as the catalogue looks at it."""
    folder = root / as_of / name
    folder.mkdir(parents=True)
    content = {"code": "green", "iv_index": 20.0, "cohort": "All", "symbols": ["BTC"], "synthetic": False} | summary
    (folder / "summary.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "manifest.json").write_text(
        json.dumps({"published": "2026-03-01T06:00Z", "as_of": as_of, "name": name}), encoding="utf-8"
    )


def rows(root: Path) -> list[str]:
    """Rows of the list of issues, as text."""
    html = write_catalogue(root, brand=load_brand()).read_text(encoding="utf-8")
    found = re.findall(r"<tr data-search.*?</tr>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def test_latest_comes_first(tmp_path: Path) -> None:
    """Issues stand in the order of their time, with all that tells them apart."""
    shelve(tmp_path, as_of="2026-02-11")
    shelve(tmp_path, as_of="2026-02-12", name="risk-sample", code="red", iv_index="inf", symbols=[], synthetic=True)
    assert rows(tmp_path) == [
        "risk-sample Synthetic 12 February 2026 Red ∞ All All 1 March 2026, 06:00 UTC –",
        "risk-all 11 February 2026 Green 20.0 All BTC 1 March 2026, 06:00 UTC –",
    ]


def test_series_has_a_line(tmp_path: Path) -> None:
    """The index of a series in time is a small line, without the values that are infinite."""
    for day, value in ((1, 10.0), (2, "inf"), (3, 30.0), (5, 20.0)):
        shelve(tmp_path, as_of=f"2026-02-{day:02d}", iv_index=value)
    html = write_catalogue(tmp_path).read_text(encoding="utf-8")
    assert 'points="4.0,36.0 80.0,4.0 156.0,20.0"' in html


def test_links_are_relative(tmp_path: Path) -> None:
    """The folder can be moved as a whole."""
    shelve(tmp_path, as_of="2026-02-11")
    html = write_catalogue(tmp_path).read_text(encoding="utf-8")
    assert set(re.findall(r'href="([^"]+)"', html)) - {"data:,"} == {"2026-02-11/risk-all/report.html"}


def test_hostile_names_are_text(tmp_path: Path) -> None:
    """Text of a summary is escaped."""
    shelve(tmp_path, as_of="2026-02-11", cohort='"><script>window.pwned = 1</script>')
    html = write_catalogue(tmp_path).read_text(encoding="utf-8")
    assert "<script>window.pwned" not in html


@pytest.mark.parametrize("content", ["", "[]", '{"iv_index": "high"}'])
def test_unreadable_report_is_named(tmp_path: Path, content: str) -> None:
    """A damaged report does not take the others off the page, nor is it passed over in silence."""
    shelve(tmp_path, as_of="2026-02-11")
    shelve(tmp_path, as_of="2026-02-12")
    (tmp_path / "2026-02-12" / "risk-all" / "summary.json").write_text(content, encoding="utf-8")
    assert len(rows(tmp_path)) == 1
    assert "Could not be read: 2026-02-12/risk-all." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_report_in_anothers_place_is_none(tmp_path: Path) -> None:
    """A folder that was copied to another day is no issue of that day."""
    shelve(tmp_path, as_of="2026-02-11")
    shutil.copytree(tmp_path / "2026-02-11", tmp_path / "2026-02-20")
    assert [row.split(" Green")[0] for row in rows(tmp_path)] == ["risk-all 11 February 2026"]
    assert "Could not be read: 2026-02-20/risk-all." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_empty_folder_has_a_catalogue(tmp_path: Path) -> None:
    """Before the first report the page says so."""
    assert "Nothing is published" in write_catalogue(tmp_path / "new").read_text(encoding="utf-8")


def test_summary_without_code_is_grey(tmp_path: Path) -> None:
    """What is not known is not Green."""
    shelve(tmp_path, as_of="2026-02-11", code=None, iv_index=None)
    assert rows(tmp_path)[0].startswith("risk-all 11 February 2026 Grey –")


def test_failure_leaves_the_old_page(tmp_path: Path) -> None:
    """Where the page cannot be replaced, that is an error of the run."""
    (tmp_path / "index.html").mkdir()
    with pytest.raises(RunError, match=r"Cannot write .*index.html: [A-Z]"):
        write_catalogue(tmp_path)


def main(html: str) -> str:
    """The page between its head and its foot."""
    return html.partition("<main>")[2].partition("</main>")[0]


def cards(root: Path, *, now: datetime = NOW) -> list[str]:
    """Cards of the series, as text, without what is hidden and the moment from which they are stale."""
    html = write_catalogue(root, brand=load_brand(), now=now).read_text(encoding="utf-8")
    html = re.sub(r'<p class="card-date">Stale from.*?</p>', "", html)
    html = html if "is-stale" in main(html) else re.sub(r'<p class="card-date stale">.*?</p>', "", html)
    found = re.findall(r'<p class="card-name">.*?</li>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in found]


def test_issues_by_another_definition_are_another_series(tmp_path: Path) -> None:
    """An index at a critical mass of 10 % is no point of the line of those at 15 %."""
    for day, mass in ((1, 0.15), (2, 0.15), (3, 0.10)):
        shelve(tmp_path, as_of=f"2026-02-{day + 9}", critical_mass=mass, horizon_days=7.0)
    assert cards(tmp_path) == [
        "risk-all 20.0 Green As of 12 February 2026 All · BTC Definition: critical mass 10 %, horizon 7 days",
        (
            "risk-all 20.0 Green As of 11 February 2026 · 2 issues All · BTC "
            "Definition: critical mass 15 %, horizon 7 days"
        ),
    ]


def test_report_without_definition_has_a_card(tmp_path: Path) -> None:
    """A notebook of another kind says nothing of a critical mass, nor does its card."""
    shelve(tmp_path, as_of="2026-02-11")
    assert cards(tmp_path) == ["risk-all 20.0 Green As of 11 February 2026 All · BTC Definition: not stated"]


def test_a_report_is_listed_as_its_first_screen_says(tmp_path: Path) -> None:
    """With title, series and cohort in words; its name stays findable. A time that nobody gave is none."""
    shelve(tmp_path, as_of="2026-02-11", cohort="mainland-2026")
    told = {"series": "Risk report", "title": "BTC: how near is a cascade?", "cohort": "Mainland <2026>"}
    manifest = {"headline": told, "as_of": "2026-02-11", "name": "risk-all"}
    (tmp_path / "2026-02-11" / "risk-all" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert rows(tmp_path) == [
        "BTC: how near is a cascade? Risk report 11 February 2026 Green 20.0 Mainland &lt;2026&gt; BTC – –"
    ]
    assert cards(tmp_path)[0].startswith("BTC: how near is a cascade? 20.0 Green")
    assert 'title="risk-all"' in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_many_symbols_are_counted(tmp_path: Path) -> None:
    """A row names the largest four and counts the others, which the search still finds."""
    shelve(tmp_path, as_of="2026-02-11", symbols=["BTC", "ETH", "SOL", "XRP", "DOGE", "BNB"])
    assert "BTC, ETH, SOL, XRP, 2 more" in rows(tmp_path)[0]
    assert "doge" in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("day", "stale"), [(14, False), (15, True)])
def test_latest_issue_grows_stale(tmp_path: Path, day: int, *, stale: bool) -> None:
    """Three days after the end of its data, by default, an issue is called stale and its age is told."""
    shelve(tmp_path, as_of="2026-02-11")
    (card,) = cards(tmp_path, now=datetime(2026, 2, day, 0, tzinfo=UTC))
    assert ("Stale 3 days old" in card) == stale


def test_moment_of_growing_stale_is_told(tmp_path: Path) -> None:
    """Who reads the page without scripts knows until when it counts; a timestamp counts from its own time."""
    shelve(tmp_path, as_of="2026-02-11T0800Z")
    assert "Stale from 14 February 2026, 08:00 UTC" in write_catalogue(tmp_path, now=NOW).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "until"), [("2026-02-11T19:52:00Z", "14 February 2026, 19:52"), ("soon", "15 February 2026, 00:00")]
)
def test_an_issue_ages_from_the_time_of_its_snapshot(tmp_path: Path, said: str, until: str) -> None:
    """The same moment as on its page; from the end of the day where the summary tells no time."""
    shelve(tmp_path, as_of="2026-02-11")
    summary = tmp_path / "2026-02-11" / "risk-all" / "summary.json"
    summary.write_text(json.dumps(json.loads(summary.read_text(encoding="utf-8")) | {"as_of": said}), encoding="utf-8")
    assert f"Stale from {until} UTC" in write_catalogue(tmp_path, now=NOW).read_text(encoding="utf-8")


def test_made_up_data_do_not_grow_stale(tmp_path: Path) -> None:
    """A demonstration is as good as on its first day."""
    shelve(tmp_path, as_of="2020-01-01", synthetic=True)
    assert "tale" not in main(write_catalogue(tmp_path, now=NOW).read_text(encoding="utf-8"))


def test_degraded_issue_says_why(tmp_path: Path) -> None:
    """The state stands on the card with its reason, and in the row."""
    issue = {"state": "degraded", "reasons": ["Accounts fell by 40 % since the previous issue"]}
    shelve(tmp_path, as_of="2026-02-12", issue=issue)
    (card,) = cards(tmp_path)
    assert "Degraded Accounts fell by 40 % since the previous issue." in card
    assert "Green Degraded 20.0" in rows(tmp_path)[0]


def test_issue_without_code_shows_the_last_one(tmp_path: Path) -> None:
    """It is called not published, with the reason; the last good value stands below with its date, not as today's."""
    shelve(tmp_path, as_of="2026-02-11", code="yellow", iv_index=41.3)
    shelve(tmp_path, as_of="2026-02-12", code="grey", issue={"state": "not published", "reasons": ["Too few units"]})
    (card,) = cards(tmp_path)
    assert card.startswith("risk-all Not published Too few units. 41.3 Yellow, as of 11 February 2026, the last one")


def test_code_of_the_series_stands_beside_that_of_the_snapshot(tmp_path: Path) -> None:
    """A snapshot that has fallen alone is no all-clear; where both agree, one is enough."""
    shelve(tmp_path, as_of="2026-02-12", code="green", code_held="yellow")
    shelve(tmp_path, as_of="2026-02-11", code="yellow", code_held="yellow")
    (card,) = cards(tmp_path)
    assert "20.0 Green Series: Yellow" in card
    assert ["Series: Yellow" in row for row in rows(tmp_path)] == [True, False]


def test_a_scenario_shows_where_its_code_comes_from(tmp_path: Path) -> None:
    """On the card and in the row: Green alone would be taken for today's."""
    shelve(tmp_path, as_of="2026-02-12", code="green", before={"code": "yellow", "iv_index": 42.1})
    (card,) = cards(tmp_path)
    assert "20.0 Yellow → Green" in card
    assert "Yellow → Green 20.0" in rows(tmp_path)[0]


def test_failed_run_is_named(tmp_path: Path) -> None:
    """A later run that failed is on the card and below the list, with a link to its page; an earlier one only below."""
    shelve(tmp_path, as_of="2026-02-12")
    for day, name in ((11, "risk-all"), (13, "risk-all"), (13, "../escape")):
        file = tmp_path / f"2026-02-{day}" / f"{name.strip('./')}.failed.html"
        file.parent.mkdir(exist_ok=True)
        file.write_text("", encoding="utf-8")
    (card,) = cards(tmp_path)
    assert "Not published The run for 13 February 2026 failed ." in card
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="2026-02-13/risk-all.failed.html"' in html
    assert "2026-02-11/risk-all</a>" in html


def test_forms_and_editions_are_linked(tmp_path: Path) -> None:
    """PDF, static edition and the editions that were replaced are one click away."""
    shelve(tmp_path, as_of="2026-02-12")
    folder = tmp_path / "2026-02-12" / "risk-all"
    for name in ("report.pdf", "report-static.html", "editions/1/report.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")
    manifest = {"as_of": folder.parent.name, "name": folder.name, "editions": [{"edition": 1}, {"edition": 9}]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert rows(tmp_path)[0].endswith("PDF , Static , Edition 1, replaced")
    assert "Green Restated 20.0" in rows(tmp_path)[0]
    assert "20.0 Green Restated" in cards(tmp_path)[0]
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="2026-02-12/risk-all/([^"]+)"', html.partition("<tbody>")[2])
    assert links == ["report.html", "report.pdf", "report-static.html", "editions/1/report.html"]


def test_a_verdict_stands_in_place_of_a_code(tmp_path: Path) -> None:
    """A validation report is listed by what it found; the index of its last snapshot is no issue's index."""
    shelve(tmp_path, as_of="2026-02-11", iv_index=18.8, validation={"verdict": "not supported"})
    html = main(write_catalogue(tmp_path, brand=load_brand(), now=NOW).read_text(encoding="utf-8"))
    assert rows(tmp_path)[0].startswith("risk-all 11 February 2026 Not supported –")
    assert "Green" not in html
    assert "18.8" not in html


def _list(folder: Path) -> None:
    """Write the catalogue some times."""
    for _ in range(20):
        write_catalogue(folder, brand=load_brand())


def test_several_runs_list_at_once(tmp_path: Path) -> None:
    """None of them fails, none leaves anything behind, and the page lists what is there."""
    shelve(tmp_path, as_of="2026-02-11")
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(_list, [tmp_path] * 3))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-02-11", "index.html"]
    assert len(rows(tmp_path)) == 1


def test_a_run_waits_until_another_has_listed(tmp_path: Path) -> None:
    """So that a page made of an older look at the folder never comes last."""
    shelve(tmp_path, as_of="2026-02-11")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    run = Thread(target=write_catalogue, args=(tmp_path,))
    run.start()
    run.join(0.5)
    assert run.is_alive()
    assert not (tmp_path / "index.html").exists()
    os.close(descriptor)
    run.join(30)
    assert (tmp_path / "index.html").exists()
