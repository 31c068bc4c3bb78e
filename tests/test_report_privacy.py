"""One report on positions in which accounts and hostile texts are planted: what it publishes of them, packed or not."""

import base64
import json
import re
import subprocess
import sys
import urllib.parse
import zlib
from collections.abc import Iterator
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hostile_payloads import FORMULAS, PAYLOADS
from playwright.sync_api import Page
from pypdf import PdfReader
from test_report_hostile import linked_tables

from cohortiv.assets import asset
from cohortiv.sources.sample import make_sample

CANARY = "canary-7f3a"
LONE_VENUE = "lone-venue-7f3a"
LONE_SYMBOL = "LONESYM7F3A"
HOSTILE = " ".join(PAYLOADS[::3])
#: What every account holds that is planted with figures of its own: digits that no other figure has by accident.
LONE = {"quantity": 0.777_123_456, "margin": 5_432.198_765, "leverage": 7.0}
LARGE = {"quantity": 1.219_876_543, "margin": 9_876.543_219, "leverage": 33.0}
FILES = ("manifest.json", "notebook.ipynb", "report-static.html", "report.html", "report.pdf", "summary.json")
MAIL = "issue.eml"


def planted_positions() -> pd.DataFrame:
    """Synthetic positions under canary names, with planted accounts.

    One is alone at its venue, one in its symbol, one dominates its range of leverage, thirty hold a symbol and a venue
    of hostile name.
    """
    frame = make_sample(accounts=700, snapshots=1).to_pandas().assign(liquidation_price=np.nan)
    frame["account_id"] = frame["account_id"].str.replace("synthetic", CANARY)
    chosen = (frame["symbol"] == "BTC") & (frame["side"] == "long") & (frame["contract"] == "linear")
    alike = frame[chosen & (frame["margin_mode"] == "isolated") & (frame["venue"] == "binance")]
    lines = alike["mark_price"].iloc[0] * np.linspace(0.7, 0.95, 30)
    lone = alike.iloc[:1].assign(
        account_id=f"{CANARY}-lone", venue=LONE_VENUE, liquidation_price=lines[9] + 0.123456, **LONE
    )
    single = alike.iloc[:1].assign(
        account_id=f"{CANARY}-single", symbol=LONE_SYMBOL, liquidation_price=lines[11] + 0.654321, **LONE
    )
    large = alike.iloc[:1].assign(account_id=f"{CANARY}-large", **LARGE)
    hostile = alike.iloc[:30].assign(symbol=PAYLOADS[0], venue=FORMULAS[0] + PAYLOADS[12], liquidation_price=lines)
    hostile = hostile.assign(account_id=[f"{CANARY}-h{number}" for number in range(30)])
    together: pd.DataFrame = pd.concat([frame, lone, single, large, hostile])
    return together


def hostile_files(folder: Path) -> list[str]:
    """Options that name a cohort, a brand and a playbook whose every text is hostile."""
    playbook = yaml.safe_load((asset("templates") / "playbook.yaml").read_text(encoding="utf-8"))
    sentence = HOSTILE.replace("{", "{{").replace("}", "}}")
    for code in ("green", "yellow", "red", "grey"):
        for sentences in playbook[code].values():
            sentences.append(sentence)
    texts = dict.fromkeys(("name", "tagline", "disclaimer", "contact", "classification"), HOSTILE)
    contents = {
        "cohort": {"name": "hostile", "title": HOSTILE, "description": HOSTILE},
        "brand": texts,
        "playbook": playbook | {"title": HOSTILE},
    }
    for name, content in contents.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return [part for name in contents for part in (f"--{name}", f"{name}.yaml")]


@pytest.fixture(scope="module")
def issue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report, with its PDF and its static edition."""
    folder = tmp_path_factory.mktemp("planted")
    planted_positions().to_csv(folder / "positions.csv", index=False)
    command = ["report", "--positions", "positions.csv", "--as-of", "2026-09-30", "--depth-usd", "4e8"]
    done = subprocess.run(
        [sys.executable, "-m", "cohortiv", *command, *hostile_files(folder), "--pdf", "--static"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    published = Path(done.stdout.strip().splitlines()[-1]).parent
    command = ["deliver", str(published), "--eml", MAIL, "--brand", "brand.yaml"]
    subprocess.run([sys.executable, "-m", "cohortiv", *command], cwd=folder, capture_output=True, check=True)
    return published


@pytest.fixture(scope="module")
def texts(issue: Path) -> dict[str, str]:
    """All that can be read in each file of the report and in the mail, by name."""
    paths = (*(issue / name for name in FILES), issue.parents[2] / MAIL)
    return {path.name: unpacked(path.read_bytes()) for path in paths}


def unpacked(content: bytes) -> str:
    """All that a file holds: as text, without the escapes of addresses, with what is in Base64 or deflated unpacked.

    Of a PDF also the words that its glyphs stand for, and of a mail each of its parts.
    """
    return "\n".join(_parts(content))


def _parts(content: bytes) -> Iterator[str]:
    text = content.decode("utf-8", errors="ignore")
    yield text
    yield urllib.parse.unquote(text)
    for packed in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text):
        yield base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-8", errors="ignore")
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        yield zlib.decompressobj().decompress(stream).decode("latin-1") if stream[:1] == b"x" else ""
    if content.startswith(b"%PDF"):
        yield from (page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    if content.startswith(b"Subject:"):
        parts = [part.get_payload(decode=True) for part in message_from_bytes(content).walk()]
        yield from (unpacked(part) for part in parts if isinstance(part, bytes))


def written(value: float) -> Iterator[str]:
    """A planted figure as a file might write it."""
    yield from (repr(value), f"{value:.6g}", *([f"{value:,.2f}"] if value > 1000 else []))


def test_report_is_complete(issue: Path) -> None:
    """The run publishes all its files, so that none is left out of the search."""
    assert sorted(path.name for path in issue.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("name", [*FILES, MAIL])
def test_no_planted_account_is_published(texts: dict[str, str], name: str) -> None:
    """No file, data links and metadata included, names an account, its venue or symbol, or tells its figures."""
    assert [planted for planted in (CANARY, LONE_VENUE, LONE_SYMBOL) if planted in texts[name]] == []
    figures = [value for account in (LONE, LARGE) for key, value in account.items() if key != "leverage"]
    forms = [form for value in figures for form in written(value)]
    assert [form for form in forms if re.search(rf"(?<![\d.]){re.escape(form)}", texts[name])] == []


@pytest.mark.parametrize("name", ["report.html", "report-static.html", "report.pdf", MAIL])
def test_search_reads_what_a_reader_reads(texts: dict[str, str], issue: Path, name: str) -> None:
    """The figures of the first screen are found, however the file packs its words."""
    index = json.loads((issue / "summary.json").read_text(encoding="utf-8"))["iv_index"]
    assert re.search(rf"The\s+IV\s+Index\s+stands\s+at\s+{index:.1f}", texts[name])


def test_planted_accounts_are_in_the_input(issue: Path) -> None:
    """The search would find them: the position file holds them all."""
    text = (issue.parents[2] / "positions.csv").read_text(encoding="utf-8")
    assert all(
        each in text for each in (CANARY, LONE_VENUE, LONE_SYMBOL, repr(LONE["quantity"]), repr(LARGE["margin"]))
    )


def test_no_cell_is_that_of_few_accounts(issue: Path) -> None:
    """Each published cell has ten accounts, and the large account is in one that it does not dominate."""
    tiers: list[dict[str, Any]] = json.loads((issue / "summary.json").read_text(encoding="utf-8"))["tiers"]
    assert min(tier["accounts"] for tier in tiers) >= 10
    mark = make_sample(accounts=10, snapshots=1).to_pandas().query("symbol == 'BTC'")["mark_price"].iloc[0]
    longs = [tier for tier in tiers if tier["side"] == "long" and tier["symbol"] in {"BTC", "other"}]
    assert max(tier["notional_usd"] for tier in longs) >= 2 * LARGE["quantity"] * mark


def test_nothing_hostile_runs(page: Page, issue: Path) -> None:
    """Texts of the positions, the cohort, the brand and the playbook run nothing, and every chart is drawn."""
    page.goto((issue / "report.html").as_uri())
    charts = page.locator("figure.chart")
    for number in range(charts.count()):
        charts.nth(number).scroll_into_view_if_needed()
        page.wait_for_function("number => document.querySelectorAll('figure.is-live').length > number", arg=number)
    for bait in page.locator(".bait").all():
        bait.dispatch_event("click")
    assert page.evaluate("window.pwned || []") == []
    assert page.locator("h1").count() == 1


def test_hostile_texts_reached_the_page(issue: Path) -> None:
    """What did not run was there to run: escaped, each payload is on the page."""
    html = (issue / "report.html").read_text(encoding="utf-8")
    assert "&lt;script/x&gt;" in html
    assert "<script/x>" not in html


def test_no_linked_table_holds_a_formula(issue: Path) -> None:
    """Whatever a symbol or venue is called, no cell of a CSV is a formula; numbers may be negative."""
    tables = linked_tables((issue / "report.html").read_text(encoding="utf-8"))
    cells = {cell for table in tables for row in table for cell in row if cell.startswith(tuple("=+-@\t\r"))}
    assert len(tables) > 5
    assert [cell for cell in cells if not re.fullmatch(r"-[\d.]+(e-?\d+)?|-inf", cell)] == []
