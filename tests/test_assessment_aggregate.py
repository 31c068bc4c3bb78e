"""Readings without positions: figures by account are none, everything else is as ever, and the result says so."""

import json
import math
from importlib.resources import files
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pandas as pd
import pytest
from aggregate_support import market_files, tier_file
from cohort_support import ENGINE_WARNINGS, cohort_file
from routes_support import compare_reconstruction, compare_tier_map

from cohortiv.assessment import Assessment, Settings, assess, read_cohort
from cohortiv.assessment.aggregate import default_cohort
from cohortiv.assessment.building import build_past
from cohortiv.assessment.settings import Basis
from cohortiv.early_warning import Code
from cohortiv.errors import DataError, UsageError
from cohortiv.findings import Findings, about, figures, tables
from cohortiv.findings.headline import headline, key_figures
from cohortiv.plain import Written
from cohortiv.publication import publish
from cohortiv.summary import summarise

pytestmark = ENGINE_WARNINGS


def result(settings: Settings, *, for_report: bool = False, said: list[str] | None = None) -> Assessment:
    """Result of a run; what it says is kept where asked for."""
    say = (said if said is not None else []).append
    return assess(settings, read_cohort(settings, for_report=for_report, say=say))


def of_tiers(folder: Path, **changes: object) -> Assessment:
    """Result of the small tier table on its last day, BTC unless told otherwise."""
    table = changes.get("tier_table") or str(tier_file(folder))
    asked = {"tier_table": table, "as_of": "2026-02-18", "symbol": "BTC"} | changes
    return result(Settings(**asked))  # type: ignore[arg-type]


def market_settings(folder: Path, *, hours: int = 60, **changes: object) -> Settings:
    """Settings of the small market history, Binance."""
    bars, interest = market_files(folder, hours=hours)
    asked = {"market": str(bars), "open_interest": str(interest), "symbol": "BTC", "venue": "binance"} | changes
    return Settings(**asked)  # type: ignore[arg-type]


def test_a_tier_table_gives_the_published_index(tmp_path: Path) -> None:
    """All notional long at a 10 % drop: critical volatility 0.518597, index 77.131, a drawdown of 10 %."""
    found = of_tiers(tmp_path)
    assert found.critical.value == pytest.approx(0.518597, abs=5e-6)
    assert found.iv_index == pytest.approx(77.131, abs=1e-3)
    assert found.moves.drawdown == pytest.approx(0.10, abs=0.005)
    assert found.moves.rally is None


def test_nothing_is_known_by_account(tmp_path: Path) -> None:
    """No interval, no accounts, no reading on the largest positions; and no Grey for want of margin units."""
    found = of_tiers(tmp_path)
    assert (found.reading.basis, found.reading.has_accounts) == (Basis.TIER_TABLE, False)
    assert (found.uncertainty, found.reading.figures.accounts, found.grey) == (None, 0, ())
    assert found.code is Code.RED
    assert math.isnan(found.largest.iv_index)


def test_notional_without_a_line_counts(tmp_path: Path) -> None:
    """Read as a whole, half of the notional has no line."""
    summary = summarise(of_tiers(tmp_path, symbol=None))
    assert summary["share_without_line"] == pytest.approx(0.5)


@pytest.mark.parametrize("kind", ["tier table", "market"])
def test_the_summary_follows_its_schema(tmp_path: Path, kind: str) -> None:
    """Like that of positions, with what the result stands on, and without NaN."""
    found = of_tiers(tmp_path) if kind == "tier table" else result(market_settings(tmp_path))
    summary = summarise(found)
    text = json.dumps(summary, allow_nan=False)
    schema = json.loads(files("cohortiv").joinpath("schemas", "summary.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(text), schema)
    assert json.loads(text)["readings"]["largest_positions"] is None
    assert json.loads(text)["data_quality"]["basis"] == ("tier_table" if kind == "tier table" else "open_interest")


def test_earlier_snapshots_of_a_tier_table_are_its_history(tmp_path: Path) -> None:
    """For a report; the code of the series stands beside the snapshot's."""
    settings = Settings(tier_table=str(tier_file(tmp_path)), as_of="2026-02-18", symbol="BTC")
    found = result(settings, for_report=True)
    assert len(found.history) == 3
    assert found.code_held is Code.RED


def test_a_timestamp_asks_for_that_snapshot(tmp_path: Path) -> None:
    """As with positions, another one is an error that names the nearest."""
    assert of_tiers(tmp_path, as_of="2026-02-18T06:00:00Z").reading.as_of == pd.Timestamp("2026-02-18T06:00")
    with pytest.raises(DataError, match="the nearest is 2026-02-18T12:00:00Z"):
        of_tiers(tmp_path, as_of="2026-02-18T13:00:00Z")


def test_several_snapshots_need_as_of(tmp_path: Path) -> None:
    """A run is about one."""
    with pytest.raises(DataError, match="The table holds 3 snapshots"):
        of_tiers(tmp_path, as_of=None)


def test_several_cohorts_need_a_name(tmp_path: Path) -> None:
    """The name then is the cohort's."""
    table = str(tier_file(tmp_path, cohorts=("small", "By size")))
    with pytest.raises(DataError, match="holds the cohorts By size, small"):
        of_tiers(tmp_path, tier_table=table)
    found = of_tiers(tmp_path, tier_table=table, tier_cohort="By size").reading
    assert (found.cohort.name, found.cohort.title) == ("by-size", "By size")
    assert found.profile.leveraged_notional_usd == 1e6


def test_rows_are_counted(tmp_path: Path) -> None:
    """Rows used and others add up to the rows of the table."""
    quality = summarise(of_tiers(tmp_path))["data_quality"]
    assert isinstance(quality, dict)
    assert (quality["rows_used"], quality["rows_of_other_snapshots"], quality["rows_read"]) == (1, 5, 6)


def test_an_unknown_symbol_is_named(tmp_path: Path) -> None:
    """With those that the table holds."""
    with pytest.raises(DataError, match="--symbol got 'SOL'; the tier table holds BTC, ETH"):
        of_tiers(tmp_path, symbol="SOL")


def test_a_cohort_filters_symbols_and_not_accounts(tmp_path: Path) -> None:
    """Its symbols are kept; a list of accounts cannot be held against aggregates."""
    only = cohort_file(tmp_path, "filters: {symbols: [ETH]}")
    assert of_tiers(tmp_path, symbol=None, cohort=only).reading.symbols == ("ETH",)
    (tmp_path / "accounts.txt").write_text("a1\n", encoding="utf-8")
    listed = cohort_file(tmp_path, "filters: {accounts_file: accounts.txt}")
    with pytest.raises(UsageError, match="filtered to accounts, which data without positions do not tell"):
        of_tiers(tmp_path, cohort=listed)


def test_all_snapshots_make_a_profile_each(tmp_path: Path) -> None:
    """As `cohortiv profile --all-snapshots` writes them."""
    settings = Settings(tier_table=str(tier_file(tmp_path)), symbol="BTC")
    assert len(build_past(settings, every=True, say=lambda _: None).snapshots) == 3


def test_a_market_has_one_snapshot(tmp_path: Path) -> None:
    """Its last bar; a folder of profiles is not made of it."""
    with pytest.raises(UsageError, match="--all-snapshots was given with --market, which has one"):
        build_past(market_settings(tmp_path), every=True, say=lambda _: None)


def test_a_report_on_a_market_has_a_past(tmp_path: Path) -> None:
    """The last bar of each day, once seven days have settled; what is no report is on its last bar alone."""
    settings = market_settings(tmp_path, hours=240)
    found = read_cohort(settings, say=lambda _: None)
    days = [f"{moment:%d %H}" for moment in found.past.snapshots]
    assert days == ["24 23", "25 23", "26 23", "27 00"]
    alone = read_cohort(settings, for_report=False, say=lambda _: None)
    assert alone.past.snapshots == found.past.snapshots[-1:]


def test_a_reconstructed_day_knows_nothing_later(tmp_path: Path) -> None:
    """A run that ends on an earlier day has the notional and the index that a later run has in its past."""
    late = read_cohort(market_settings(tmp_path, hours=240), usage=True, say=lambda _: None)
    day = late.past.snapshots[0]
    early = read_cohort(market_settings(tmp_path, hours=240, as_of=f"{day:%Y-%m-%dT%H:%M:%S}"), say=lambda _: None)
    assert late.past.at(day).leveraged_notional_usd == pytest.approx(early.profile.leveraged_notional_usd, rel=1e-6)


def test_a_market_is_read_to_the_bar_asked_for(tmp_path: Path) -> None:
    """A date means the last bar that has ended by the end of that day."""
    found = result(market_settings(tmp_path, as_of="2026-02-18"))
    assert found.reading.as_of == pd.Timestamp("2026-02-18T23:00")
    assert found.reading.basis is Basis.OPEN_INTEREST
    assert found.reading.cohort.name == "binance"


def test_a_market_without_as_of_is_read_to_its_end(tmp_path: Path) -> None:
    """The last bar whose open interest is known."""
    assert result(market_settings(tmp_path)).reading.as_of == pd.Timestamp("2026-02-19T12:00")


def test_a_reconstruction_says_what_it_assumes(tmp_path: Path) -> None:
    """The tier mix, that it is a model, and how much goes back to the first bar."""
    said: list[str] = []
    found = result(market_settings(tmp_path), said=said)
    assert any("tier mix: assumption" in line for line in said)
    assert any("a model and not positions" in line and "first bar (2026-02-17 01:00 UTC)" in line for line in said)
    assert str(found.reading.profile.origin["tier_mix"]).startswith("assumption")


def test_a_tier_mix_of_ones_own_serves(tmp_path: Path) -> None:
    """Its tiers are those of the result."""
    (tmp_path / "mix.csv").write_text("tier,share\n20x,0.5\n50x,0.5\n", encoding="utf-8")
    found = result(market_settings(tmp_path, tier_mix=tmp_path / "mix.csv"))
    assert set(found.nodes["tier"]) == {20, 50}


def test_a_venue_without_brackets_is_refused(tmp_path: Path) -> None:
    """A line needs a maintenance margin."""
    with pytest.raises(DataError, match="no brackets for BTC on nowhere"):
        result(market_settings(tmp_path, venue="nowhere"))


def test_a_market_needs_a_symbol(tmp_path: Path) -> None:
    """Bars are of one."""
    with pytest.raises(UsageError, match="--market needs --symbol"):
        result(market_settings(tmp_path, symbol=None))


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(tier_table="a.csv"), "tier-table"),
        (Settings(tier_table="a.csv", tier_cohort="By PnL"), "by-pnl"),
        (Settings(market="a.csv"), "reconstructed"),
        (Settings(market="a.csv", venue="binance"), "binance"),
    ],
)
def test_a_cohort_has_a_name_without_a_file(settings: Settings, name: str) -> None:
    """It names the folder of a report."""
    assert default_cohort(settings).name == name


@pytest.mark.parametrize("kind", ["tier table", "market"])
def test_words_say_what_the_result_stands_on(tmp_path: Path, kind: str) -> None:
    """Series, source, interval, key figures, tier table, quality and limits."""
    found = of_tiers(tmp_path) if kind == "tier table" else result(market_settings(tmp_path))
    f = Findings(found, publish(found))
    basis = str(found.reading.basis)
    assert basis in headline(f)["series"]
    assert basis in f.source
    assert basis in figures.gauge(f).reading
    told = "accounts are not known" if kind == "tier table" else "twice the open interest"
    assert told in key_figures(f)[-1]["context"]
    assert tables.tier_table(f)["accounts"].isna().all()
    figures_told = {str(row["figure"]): row for row in tables.quality_rows(f)}
    assert "Accounts in the snapshot" not in figures_told
    assert ("Bars used" in figures_told) == (kind == "market") != ("Rows read" in figures_told)
    assert "no account is told apart" in about.quality(f)
    assert ("a tier table, not positions" if kind == "tier table" else "reconstructed from price") in about.limits(f)


def test_bars_that_are_missing_are_counted(tmp_path: Path) -> None:
    """Between the first and the last; the page says which they are."""
    settings = market_settings(tmp_path)
    whole = pd.read_csv(settings.market)
    whole.drop(index=[5, 6, 20]).to_csv(settings.market, index=False)
    found = result(settings)
    rows = {str(row["figure"]): row for row in tables.quality_rows(Findings(found, publish(found)))}
    assert rows["Bars missing"]["value"] == Written(3, "3")
    assert rows["Bars used"]["value"] == Written(len(whole) - 3, f"{len(whole) - 3:,}")
    assert "price with open interest, " in str(rows["Bars used"]["meaning"])


def test_a_real_tier_map_gives_the_index_of_its_positions(real_data: Path) -> None:
    """Every tenth snapshot: within 12 % of the positions that the map can hold; above the index of all of them."""
    found = compare_tier_map(real_data, every=10)
    assert (found["by_map"] / found["in_range"]).between(0.88, 1.12).all()
    assert (found["by_map"] > found["by_positions"]).all()


def test_a_real_reconstruction_is_a_rough_model(real_data: Path) -> None:
    """With the default mix within a factor of two; by declared leverage at least 1.4 times too high."""
    found = compare_reconstruction(real_data, every=14).set_index("mix")
    ratios = found["index"] / found["real_index"]
    assert ratios.loc["default"].between(0.5, 2.2).all()
    assert (ratios.loc["declared"] > 1.4).all()
