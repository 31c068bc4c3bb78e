"""The pages in a real browser: charts live without a network, nothing hostile runs, legible on phone and paper."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell
from playwright.sync_api import Browser, Page, expect
from report_support import exported, notebook_of, show_everything, shown_by
from test_report_catalogue import shelve

from cohortiv import page as notebook_page
from cohortiv.report.catalogue import write_catalogue

PWN = "window.pwned = 1"
HOSTILE = (
    f"</script><script>{PWN}</script><!--<script>"
    f"\"'><img src=x onerror='{PWN}'><svg onload='{PWN}'></svg>"
    f"[x](javascript:{PWN})"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Page with one of each kind and a wide table."""
    wide = [{f"A rather long column {number}": f"{number:,}" for number in range(9)}] * 40
    table = shown_by(lambda: notebook_page.table(wide, name="wide", title="Wide"))
    file = tmp_path_factory.mktemp("report") / "report.html"
    notebook = notebook_of([*shown_by(show_everything), *table])
    notebook.cells.append(new_markdown_cell("## Method\n\n$$\\sigma_c = \\frac{d}{\\sqrt{T}}$$"))
    file.write_text(exported(notebook), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Page with a hostile text in every place that takes one."""
    file = tmp_path_factory.mktemp("hostile") / "report.html"
    file.write_text(
        exported(notebook_of(shown_by(lambda: show_everything(HOSTILE)), markdown=HOSTILE)), encoding="utf-8"
    )
    return file


def scrolled(page: Page, file: Path) -> Page:
    """Open a page and go to its figure, which draws it."""
    page.goto(file.as_uri())
    page.locator("figure.chart").first.scroll_into_view_if_needed()
    expect(page.locator("figure.is-live svg.marks")).to_have_count(1)
    return page


def test_charts_are_live_without_a_network(page: Page, report: Path) -> None:
    """The figure is drawn by the page's own script; the browser asks for nothing and complains of nothing."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    scrolled(page, report)
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert said == []


def test_live_chart_says_what_it_shows(page: Page, report: Path) -> None:
    """The live chart carries the alt text, as the still does."""
    scrolled(page, report)
    assert page.locator("figure.is-live .live").get_attribute("aria-label") == "Plain"


@pytest.fixture(scope="module")
def accessible(browser: Browser) -> Iterator[Callable[[Path, int], list[str]]]:
    """Says which rules of axe-core a page breaks at a width, charts live; it is run beside the page's own policy."""
    rules = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()

    def broken(file: Path, width: int) -> list[str]:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(file.as_uri())
        for figure in page.locator("figure.chart").all():
            figure.scroll_into_view_if_needed()
            expect(figure.locator("svg.marks")).to_have_count(1)
        page.evaluate(rules)
        return [f"{rule['id']}: {rule['nodes'][0]['target']}" for rule in page.evaluate("axe.run()")["violations"]]

    yield broken
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_page(accessible: Callable[[Path, int], list[str]], report: Path, width: int) -> None:
    """No rule of axe-core is broken, on a phone or a desk's screen."""
    assert accessible(report, width) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_the_catalogue(
    accessible: Callable[[Path, int], list[str]], tmp_path: Path, width: int
) -> None:
    """No rule of axe-core is broken, on a phone or a desk's screen."""
    shelve(tmp_path, as_of="2026-02-11")
    shelve(tmp_path, as_of="2026-02-12", code="red", iv_index="inf", synthetic=True)
    assert accessible(write_catalogue(tmp_path), width) == []


def test_axe_finds_what_is_wrong(accessible: Callable[[Path, int], list[str]], tmp_path: Path) -> None:
    """A picture without a text is named."""
    file = tmp_path / "page.html"
    file.write_text('<html lang="en"><title>t</title><main><h1>t</h1><img src="data:,"></main></html>', "utf-8")
    assert [rule.partition(":")[0] for rule in accessible(file, 1280)] == ["image-alt"]


def test_print_shows_the_still(page: Page, report: Path) -> None:
    """On paper there is the still picture, live chart or not."""
    scrolled(page, report).emulate_media(media="print")
    assert page.locator("figure .still").is_visible()
    assert page.locator("figure .live").is_hidden()


def test_old_browser_keeps_the_still(page: Page, report: Path) -> None:
    """Where the library cannot be unpacked, the still picture stays and nothing is reported."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script("delete window.DecompressionStream")
    page.goto(report.as_uri())
    page.locator("figure.chart").first.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert page.locator("figure .still").first.is_visible()
    assert page.locator("figure.is-live").count() == 0
    assert errors == []


def test_without_scripts_the_still_stays(browser: Browser, report: Path) -> None:
    """Where scripts are off, the page is complete with its still pictures."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator("figure .still").is_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_page_fits_the_screen(page: Page, report: Path, width: int) -> None:
    """Nothing but a table in its own frame is wider than a phone or a desk's screen."""
    page.set_viewport_size({"width": width, "height": 844})
    scrolled(page, report)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_text_of_a_phone_chart_is_legible(page: Page, report: Path) -> None:
    """On a phone the chart is drawn anew in the width of the screen, so that its letters keep their size."""
    page.set_viewport_size({"width": 390, "height": 844})
    marks = scrolled(page, report).locator("svg.marks")
    box = marks.bounding_box()
    assert box is not None
    assert box["width"] / float(marks.get_attribute("width") or "inf") == pytest.approx(1, abs=0.03)


def test_phone_gets_its_own_still(browser: Browser, report: Path) -> None:
    """Where scripts are off, a phone shows the narrow picture, and paper the wide one."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(report.as_uri())
    box = page.locator("figure .still img").bounding_box()
    assert box is not None
    assert box["width"] < box["height"] * 340 / 300 + 5
    page.emulate_media(media="print")
    expect(page.locator("figure .still img")).to_have_js_property("naturalWidth", 720)
    context.close()


def test_chart_follows_the_window(page: Page, report: Path) -> None:
    """A window made as narrow as a phone gets the narrow chart."""
    page.set_viewport_size({"width": 1280, "height": 844})
    marks = scrolled(page, report).locator("svg.marks")
    expect(marks).to_have_attribute("width", "720")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(marks).to_have_attribute("width", "354")


def test_first_screen_holds_the_message(page: Page, report: Path) -> None:
    """Status, sentence and key figures stand on one screen without scrolling."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(report.as_uri())
    for part in (".badge", ".sentence", ".figures"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800


def test_paper_has_page_numbers_and_several_sheets(page: Page, report: Path) -> None:
    """The printed report is tagged, has an outline and breaks the long table over sheets."""
    page.goto(report.as_uri())
    pdf = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    assert len(re.findall(rb"/Type /Page\b", pdf)) >= 3
    assert b"/StructTreeRoot" in pdf


def test_formula_is_drawn(page: Page, report: Path) -> None:
    """The browser lays out MathML itself."""
    page.goto(report.as_uri())
    box = page.locator("math mfrac").bounding_box()
    assert box is not None
    assert box["height"] > 20


def test_hostile_text_does_not_run(page: Page, hostile: Path) -> None:
    """A hostile text in titles, alt text, notes, cells, sentences and Markdown stays text, and the chart is drawn."""
    scrolled(page, hostile)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.pwned") is None
    assert page.locator("h1").inner_text().startswith("</script>")


@pytest.mark.parametrize("protected", [True, False], ids=["with-policy", "without-policy"])
def test_policy_alone_stops_what_gets_through(page: Page, report: Path, tmp_path: Path, protected: bool) -> None:  # noqa: FBT001
    """A script that had got into the page is stopped by the policy; without the policy it would run."""
    html = report.read_text(encoding="utf-8").replace("</main>", f"<script>{PWN}</script></main>", 1)
    file = tmp_path / "report.html"
    file.write_text(html if protected else html.replace("Content-Security-Policy", "nothing"), encoding="utf-8")
    page.goto(file.as_uri())
    assert page.evaluate("window.pwned") == (None if protected else 1)


def test_catalogue_finds_reports(page: Page, tmp_path: Path) -> None:
    """The search leaves the rows in which every word begins one, without a request; a date counts as it is shown."""
    for day, code in ((11, "green"), (12, "red")):
        shelve(tmp_path, as_of=f"2026-02-{day}", code=code)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    file = write_catalogue(tmp_path)
    page.goto(file.as_uri())
    page.get_by_label("Search").fill("RED btc")
    shown, count = page.locator("tr[data-search]:visible"), page.locator("#count")
    assert "12 February 2026" in shown.all_inner_texts()[0]
    assert count.inner_text() == "1 of 2"
    for words, found in {
        "11 February": "1 of 2",
        "2026-02-1": "2 of 2",
        "all": "2 of 2",
        "tc": "0 of 2",
        "": "2",
    }.items():
        page.get_by_label("Search").fill(words)
        assert count.inner_text() == found
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]


def test_a_phone_shows_each_issue_with_its_link(page: Page, tmp_path: Path) -> None:
    """The list is one of cards there: every column stands within the screen, the report's name first."""
    shelve(tmp_path, as_of="2026-02-11", symbols=["BTC", "ETH", "SOL", "XRP"])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(write_catalogue(tmp_path).as_uri())
    row = page.locator("tr[data-search]")
    boxes = [cell.bounding_box() for cell in row.locator("th, td").all()]
    assert all(box is not None and box["x"] + box["width"] <= 390 for box in boxes)
    assert row.locator("a").first.is_visible()
    assert row.inner_text().startswith("risk-all")


def test_a_page_opened_too_late_says_so(page: Page, tmp_path: Path) -> None:
    """Who gets it from an inbox sees before all else that it is old; made-up data do not age."""
    for synthetic in (False, True):
        file = tmp_path / f"{synthetic}.html"
        told = notebook_of(shown_by(partial(show_everything, synthetic=synthetic)))
        file.write_text(exported(told), encoding="utf-8")
        seen = []
        for moment in (datetime(2026, 2, 15, 23, tzinfo=UTC), datetime(2026, 2, 16, 1, tzinfo=UTC)):
            page.clock.set_fixed_time(moment)
            page.goto(file.as_uri())
            note = page.locator("aside.outdated:visible")
            seen.append(note.inner_text() if note.count() else "")
        late = "Stale This issue counted until 16 February 2026, 00:00 UTC. Look for a newer one."
        assert seen == ["", "" if synthetic else late]


def test_catalogue_grows_stale_while_it_lies_there(page: Page, tmp_path: Path) -> None:
    """Written in time and opened too late, it calls the latest issue stale and tells its age."""
    shelve(tmp_path, as_of="2026-02-11")
    file = write_catalogue(tmp_path, now=datetime(2026, 2, 12, tzinfo=UTC))
    page.clock.set_fixed_time(datetime(2026, 2, 13, tzinfo=UTC))
    page.goto(file.as_uri())
    expect(page.locator(".stale")).to_be_hidden()
    page.clock.set_fixed_time(datetime(2026, 2, 20, 1, tzinfo=UTC))
    page.reload()
    expect(page.locator(".stale")).to_have_text("Stale 8 days old")
