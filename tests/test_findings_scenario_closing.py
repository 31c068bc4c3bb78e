"""Words of what is closed and who pays: for made-up cohorts, and what is withheld of positions that were read."""

from pathlib import Path

import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, book, write
from scenario_support import FIELDS, scenario_file

from cohortiv.assessment import Settings
from cohortiv.findings import scenario as told
from cohortiv.findings import scenario_closing as closing
from cohortiv.findings.scenario import ScenarioFindings
from cohortiv.scenario import run_scenarios

pytestmark = ENGINE_WARNINGS
CHANGED = FIELDS + "changes: {leverage_cap: 10, price_move: -0.1, depth_withdrawn: 0.5}\n"
FUND = "liquidation: {binance: {maintenance_rate: 0.005, insurance_fund_usd: FUNDUSD}}"


def _silent(_: str) -> None:
    """Say nothing."""


def found(folder: Path, text: str, positions: str = "") -> ScenarioFindings:
    """Findings of one scenario."""
    settings = Settings(positions=positions, as_of=AS_OF)
    return told.find(run_scenarios(str(scenario_file(folder, text)), settings, depth_usd=5e5, say=_silent))


def with_fund(amount: str) -> str:
    """The small scenario with a described venue."""
    return FIELDS.replace("usd_per_percent: 2.0e+6", f"usd_per_percent: 2.0e+6, {FUND.replace('FUNDUSD', amount)}")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFindings:
    """One scenario with changes on its own cohort."""
    return found(tmp_path_factory.mktemp("one"), CHANGED)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFindings:
    """The same scenario on positions that were read."""
    folder = tmp_path_factory.mktemp("real")
    return found(folder, CHANGED, positions=write(folder, book(200)))


def test_accounts_are_counted_where_each_holds_one_position(one: ScenarioFindings) -> None:
    """By tier and in all, and the note says why."""
    rows, words = closing.closed_rows(one), closing.closed_table(one)
    assert "Accounts closed" in [column[1] for column in closing.closed_columns(one)]
    assert "of accounts are closed" in words.title
    assert "positions closed are accounts closed" in words.note
    for _, part in rows.groupby("state"):
        whole, tiers = part[part["tier"] == "all"], part[part["tier"] != "all"]
        assert tiers["positions"].sum() == pytest.approx(whole["positions"].iloc[0])
        assert tiers["notional_usd"].sum() == pytest.approx(whole["notional_usd"].iloc[0])


def test_several_scenarios_are_told_in_all(tmp_path: Path) -> None:
    """One row each."""
    calm = scenario_file(
        tmp_path, FIELDS.replace("name: small", "name: calm").replace("small one", "calm one"), "c.yaml"
    )
    names = f"{scenario_file(tmp_path, CHANGED)},{calm}"
    findings = told.find(run_scenarios(names, Settings(as_of=AS_OF), say=_silent))
    assert closing.closed_rows(findings)[["state", "tier"]].to_numpy().tolist() == [
        ["A small one", "all"], ["A calm one", "all"],
    ]  # fmt: skip


def test_bars_have_no_bar_of_all(one: ScenarioFindings) -> None:
    """The figure is by tier."""
    assert "all" not in set(closing.damage_rows(one)["tier"])
    assert closing.damage(one).title.startswith("The move closes ")


def test_positions_that_were_read_withhold(real: ScenarioFindings) -> None:
    """No tiers, no accounts and no venues, which one sentence says."""
    assert closing.damage_rows(real).empty
    assert closing.closed_rows(real).empty
    assert closing.backstop_rows(real).empty
    told = closing.damage(real)
    assert "withheld" in told.title
    assert all(word in told.reading for word in ("tier", "accounts", "beyond bankruptcy"))
    assert (closing.closed_table(real).reading, closing.backstops(real).reading) == ("", "")


def test_no_fund_described_is_a_sentence(one: ScenarioFindings) -> None:
    """And no row."""
    assert closing.backstop_rows(one).empty
    assert "no scenario here says how its venues liquidate" in closing.backstops(one).reading


def test_a_thin_fund_leaves_losses_to_winners(tmp_path: Path) -> None:
    """The title has the amount, the reading what the fund pays of how much."""
    findings = found(tmp_path, with_fund("10"))
    (row,) = closing.backstop_rows(findings).to_dict("records")
    words = closing.backstops(findings)
    assert row["auto_deleveraged_usd"] > 0
    assert words.title.endswith("is taken from winning accounts")
    assert "the fund of binance pays 10\u00a0USD of" in words.reading


def test_a_large_fund_pays_all(tmp_path: Path) -> None:
    """Nothing is left over."""
    words = closing.backstops(found(tmp_path, with_fund("1.0e+12")))
    assert words.title == "The funds pay all losses beyond bankruptcy"
    assert words.reading == "Every fund holds more than it pays."
