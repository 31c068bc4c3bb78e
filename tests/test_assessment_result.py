"""A cohort assessed: index, codes, contributions, history, and every degenerate case."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, Results, assessed, book, cohort_file, past_lines

from cohortiv.assessment import Settings, assess, read_cohort
from cohortiv.assessment.result import FEWEST_ACCOUNTS, outward
from cohortiv.early_warning import Code

pytestmark = ENGINE_WARNINGS


@pytest.mark.parametrize(
    ("case", "index", "code"),
    [
        ("past", math.inf, Code.RED),
        ("unreachable", 0.0, Code.GREEN),
        ("nothing leveraged", math.nan, Code.GREY),
    ],
)
def test_degenerate_indices(results: Results, case: str, index: float, code: Code) -> None:
    """Past its lines is infinite and Red, out of reach 0 and Green, nothing leveraged no index and Grey."""
    result = results[case]
    assert result.iv_index == pytest.approx(index, nan_ok=True)
    assert result.code == code
    assert result.uncertainty is None
    assert math.isnan(result.quantile.iv_index) == math.isnan(index)


def test_few_margin_units_are_grey(results: Results) -> None:
    """Twenty units give an index but no code."""
    result = results["few units"]
    assert result.code == Code.GREY
    assert math.isfinite(result.iv_index)
    assert "20 margin units" in result.grey[0]


def test_half_unusable_is_grey(tmp_path: Path) -> None:
    """Where over half of the notional cannot be used there is no code, however much may be excluded."""
    frame = book(80)
    frame.loc[:49, "venue"] = "binance"
    frame.loc[:49, "symbol"] = "NOSUCH"
    result = assessed(tmp_path, frame, max_excluded=1.0)
    assert result.code == Code.GREY
    assert any("notional" in reason for reason in result.grey)


def test_stale_snapshot_is_grey(tmp_path: Path) -> None:
    """A snapshot from noon is twelve hours old at the end of the day asked for."""
    stale = cohort_file(tmp_path, "limits: {max_age_hours: 11}\n")
    assert assessed(tmp_path, book(60), cohort=stale, for_report=False).code == Code.GREY


@pytest.mark.parametrize(
    ("time", "as_of", "hours", "expected"),
    [
        ("00:00:00", "2026-02-18", 24, False),
        ("00:00:00", "2026-02-18", 23.9, True),
        ("18:00:00", "2026-02-18", 6, False),
        ("17:59:59", "2026-02-18", 6, True),
        ("00:00:00", "2026-02-18T00:00:00Z", 0.1, False),
        ("00:00:00", None, 0.1, False),
    ],
)
def test_age_is_counted_to_the_end_of_the_day_asked_for(
    tmp_path: Path, time: str, as_of: str | None, *, hours: float, expected: bool
) -> None:
    """A snapshot of the day is at most 24 hours old; asked for by its time, or not at all, it has no age."""
    cohort = cohort_file(tmp_path, f"limits: {{max_age_hours: {hours}}}\n")
    result = assessed(tmp_path, book(40, times=(f"2026-02-18T{time}",)), as_of=as_of, cohort=cohort, for_report=False)
    assert any(" old; a code needs" in reason for reason in result.grey) == expected


def test_age_is_not_asked_of_a_table_without_times(results: Results) -> None:
    """What isn't known to be old isn't Grey for it."""
    assert results["undated"].grey == ()


def test_contributions_sum_to_one(results: Results) -> None:
    """What the critical mass is made of is all there."""
    nodes = results["solved"].nodes
    assert nodes["contribution"].sum() == pytest.approx(1.0, abs=1e-12)
    mass = (nodes["weight"] * nodes["chance"]).sum() / nodes["weight"].sum()
    assert mass == pytest.approx(0.15, abs=1e-9)


@pytest.mark.parametrize("case", ["past", "nothing leveraged"])
def test_no_root_has_no_contributions(results: Results, case: str) -> None:
    """Without a critical volatility nothing is attributed."""
    assert results[case].nodes["contribution"].isna().all()


def test_one_symbol_gives_the_same_index_either_way(tmp_path: Path) -> None:
    """ETH alone, by its own volatility and kappa times the reference, or read as a cohort with kappa inside."""
    frame = book(60, symbols=("ETH",))
    own = assessed(tmp_path, frame, symbol="ETH", for_report=False)
    whole = assessed(tmp_path, frame, for_report=False)
    assert own.iv_index == pytest.approx(whole.iv_index, rel=1e-9)
    assert own.reference_volatility == pytest.approx(1.33 * 0.40)
    assert whole.reference_volatility == 0.40
    assert own.critical.value == pytest.approx(1.33 * whole.critical.value, rel=1e-9)


def test_cohort_file_changes_reference_and_thresholds(tmp_path: Path) -> None:
    """Reference volatility and thresholds of the cohort decide index and code."""
    cohort = cohort_file(tmp_path, "reference_volatility: 0.2\nthresholds: {yellow: 90, red: 95}\n")
    usual, changed = (
        assessed(tmp_path, book(60), for_report=False, cohort=each) for each in (None, cohort)
    )  # fmt: skip
    assert changed.iv_index == pytest.approx(usual.iv_index / 2, rel=1e-12)
    assert changed.code == Code.GREEN


def test_given_reference_volatility_wins(tmp_path: Path) -> None:
    """What the run is told is not multiplied by kappa."""
    result = assessed(tmp_path, book(60), symbol="ETH", reference_volatility=0.5, for_report=False)
    assert result.reference_volatility == 0.5


def test_history_ends_with_this_snapshot(results: Results) -> None:
    """Earlier snapshots of the source come first, and the last row is the result."""
    result = results["solved"]
    history = result.history
    assert history["as_of"].is_monotonic_increasing
    assert len(history) == 3
    assert history["iv_index"].iloc[-1] == result.iv_index
    assert history["code"].iloc[-1] == str(result.code)
    assert result.code_held is not None


def test_one_snapshot_has_no_held_code(results: Results) -> None:
    """A series of one holds nothing."""
    assert results["one symbol"].code_held is None


def test_later_snapshots_are_not_history(tmp_path: Path) -> None:
    """What came after the snapshot isn't read into its series."""
    frame = book(40, times=("2026-02-18T12:00:00", "2026-02-25T12:00:00"))
    assert len(assessed(tmp_path, frame).history) == 1


def test_interval_contains_the_index(results: Results) -> None:
    """The ends lie on both sides of the number, and the codes' probabilities sum to one."""
    result = results["solved"]
    assert result.uncertainty is not None
    interval, chances = result.uncertainty.interval, result.uncertainty.code_probability
    assert interval.low < result.iv_index < interval.high
    assert chances.green + chances.yellow + chances.red == pytest.approx(1.0)


def test_one_account_on_many_positions_widens_the_interval(tmp_path: Path) -> None:
    """Positions of one account come and go together: treating them as independent would understate."""
    frame = book(120)
    pooled = frame.assign(account_id=[f"account-{number // 4}" for number in range(len(frame))])
    widths = []
    for each in (frame, pooled.drop_duplicates(["account_id", "symbol", "side"])):
        found = assessed(tmp_path, each, for_report=False).uncertainty
        assert found is not None
        widths.append(found.interval.sd_log)
    assert widths[1] > widths[0]


def test_critical_drawdown_is_that_of_a_slow_count(tmp_path: Path) -> None:
    """The smallest fall whose lines hold 15 % of all leveraged notional, counted line by line."""
    frame = book(50, symbols=("BTC",)).assign(side="long", entry_price=60_000.0, leverage=10.0)
    frame["quantity"] = 0.01
    frame["entry_price"] = np.linspace(58_000.0, 60_000.0, 50)
    result = assessed(tmp_path, frame, for_report=False)
    lines = np.sort((frame["entry_price"] - frame["entry_price"] / 10) / (1 - 0.004))[::-1]
    needed = math.ceil(0.15 * 50)
    assert result.moves.drawdown == pytest.approx(1 - lines[needed - 1] / 60_000.0, abs=1e-4)
    assert result.moves.rally is None


def test_sensitivity_holds_the_result(results: Results) -> None:
    """The parameters in use give the index itself."""
    result = results["solved"]
    own = {point.parameter: point.iv_index for point in result.sensitivity if point.is_default}
    assert own == pytest.approx(dict.fromkeys(["Critical mass", "Horizon", "Reference volatility"], result.iv_index))


def test_past_lines_count_at_zero(tmp_path: Path) -> None:
    """Where the mass is past its lines the critical drawdown is no move at all."""
    assert assessed(tmp_path, past_lines(book(60)), for_report=False).moves.drawdown == 0.0


def test_real_positions_give_the_published_figures(real_data: Path) -> None:
    """BTC on 2026-02-18, leverage over 1, all accounts, supplied lines: figures that were worked out elsewhere."""
    settings = Settings(
        positions=f"hyperliquid:{real_data / 'hl_positions_2026-02.parquet'}", as_of="2026-02-18", symbol="BTC",
        max_excluded=1.0,
    )  # fmt: skip
    result = assess(settings, read_cohort(settings, for_report=False, say=lambda _: None))
    assert result.iv_index == pytest.approx(50.7827, abs=1e-3)
    assert result.moves.rally == pytest.approx(0.1128, abs=5e-5)
    assert result.moves.drawdown == pytest.approx(0.2508, abs=5e-5)
    assert result.uncertainty is not None
    assert result.uncertainty.interval.low == pytest.approx(30.6, abs=0.05)
    assert result.uncertainty.interval.high == pytest.approx(84.4, abs=0.05)


def test_row_order_does_not_matter(results: Results, tmp_path: Path) -> None:
    """The same rows in another order give the same numbers to the last bit."""
    shuffled = assessed(tmp_path, book().sample(frac=1.0, random_state=3), for_report=False)
    assert shuffled.iv_index == results["analyst"].iv_index
    pd.testing.assert_frame_equal(shuffled.reading.profile.cells, results["analyst"].reading.profile.cells)


@pytest.mark.parametrize(
    ("move", "told"), [(None, None), (0.0, 0.0), (1e-12, 0.01), (0.11, 0.11), (0.2508, 0.26), (-0.0501, -0.06)]
)
def test_moves_are_rounded_outward(move: float | None, told: float | None) -> None:
    """To whole percent, away from 0; what is not 0 never becomes it."""
    assert outward(move) == told


@pytest.mark.parametrize("accounts", [FEWEST_ACCOUNTS - 1, FEWEST_ACCOUNTS])
def test_few_accounts_have_no_interval(tmp_path: Path, accounts: int) -> None:
    """They are no sample; the index itself is told."""
    result = assessed(tmp_path, book(accounts), for_report=False)
    assert (result.uncertainty is None) == (accounts < FEWEST_ACCOUNTS)
    assert math.isfinite(result.iv_index)
