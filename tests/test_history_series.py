"""The index over time from stored profiles."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, TIMES, Results, book, write
from history_support import TIMES as DAYS
from history_support import moments, profile_at

from cohortiv.assessment import Settings
from cohortiv.assessment.profiles import built_profile
from cohortiv.early_warning import Code, GreyRules, Thresholds, held_codes
from cohortiv.history import series
from cohortiv.history.series import critical_volatilities, index_series, snapshot_times
from cohortiv.profile import LiquidationProfile
from cohortiv.volatility import CriticalStatus, critical_volatility_of, line_book

pytestmark = ENGINE_WARNINGS
MANY = tuple(f"2026-02-{day:02d}T12:00:00" for day in range(1, 13))


def one_by_one(profile: LiquidationProfile, *, critical_mass: float) -> list[float]:
    """Critical volatilities of each snapshot's own nodes."""
    found = []
    for moment in profile.snapshots:
        nodes = profile.at(moment).nodes().frame
        lines = line_book(nodes["weight"], nodes["distance"])
        found.append(critical_volatility_of(lines, critical_mass=critical_mass, horizon_days=7.0).value)
    return found


@pytest.mark.parametrize("critical_mass", [0.05, 0.15, 0.5])
def test_all_at_once_is_one_by_one(critical_mass: float) -> None:
    """To a part in a million."""
    profile = profile_at(*MANY)
    solved = critical_volatilities(profile, symbol="BTC", critical_mass=critical_mass)
    assert solved.volatility == pytest.approx(one_by_one(profile, critical_mass=critical_mass), rel=1e-6)


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """One at a time or all."""
    whole = critical_volatilities(profile_at(*MANY), symbol="BTC").volatility
    monkeypatch.setattr(series, "_VALUES_AT_ONCE", 1)
    assert critical_volatilities(profile_at(*MANY), symbol="BTC").volatility == pytest.approx(whole, rel=1e-9)


def test_it_is_the_history_of_a_result(results: Results) -> None:
    """Index, notional and both codes as an assessment has them for the snapshots of its source."""
    assessed = results["solved"]
    made = index_series(assessed.reading.past, margin_units=assessed.reading.past_units)
    expected = assessed.history.set_index("as_of")
    assert list(made.index) == list(expected.index)
    for name in ("iv_index", "critical_volatility", "leveraged_notional_usd"):
        assert made[name].to_numpy() == pytest.approx(expected[name].to_numpy(dtype=float), rel=1e-6)
    assert made[["code", "code_held"]].to_numpy().tolist() == expected[["code", "code_held"]].to_numpy().tolist()


def test_rows_after_a_time_change_nothing_before() -> None:
    """Every snapshot after the fifth is replaced, and the first five rows stay."""
    before = index_series(profile_at(*MANY), symbol="BTC", margin_units=dict.fromkeys(moments(MANY), 40))
    other = profile_at(*MANY[5:], seed=9, scale=50.0).cells.assign(tier=50)
    cells = pd.concat([profile_at(*MANY[:5]).cells, other], ignore_index=True)
    after = index_series(
        replace(profile_at(*MANY), cells=cells), symbol="BTC", margin_units=dict.fromkeys(moments(MANY), 40)
    )
    assert after["iv_index"].iloc[:5].to_numpy() == pytest.approx(before["iv_index"].iloc[:5].to_numpy(), rel=1e-9)
    names = ["leveraged_notional_usd", "usable_share", "code", "code_held"]
    pd.testing.assert_frame_equal(after[names].iloc[:5], before[names].iloc[:5])
    assert not np.allclose(after["iv_index"].iloc[5:], before["iv_index"].iloc[5:])


def test_parameters_are_those_of_one_snapshot() -> None:
    """A reference twice as high doubles the index, and four times the horizon does too."""
    plain = index_series(profile_at(), symbol="BTC", reference_volatility=0.4)["iv_index"]
    assert index_series(profile_at(), symbol="BTC", reference_volatility=0.8)["iv_index"].to_numpy() == pytest.approx(
        2 * plain.to_numpy()
    )
    assert index_series(profile_at(), symbol="BTC", horizon_days=28.0)["iv_index"].to_numpy() == pytest.approx(
        2 * plain.to_numpy()
    )


def test_the_anchor_of_a_symbol_is_its_own() -> None:
    """0.40 times its kappa, as for one snapshot."""
    sol = profile_at(symbol="SOL")
    own = index_series(sol, symbol="SOL")["iv_index"].to_numpy()
    given = index_series(sol, symbol="SOL", reference_volatility=0.4 * sol.comovement.kappa("SOL"))
    assert own == pytest.approx(given["iv_index"].to_numpy())


def test_codes_hold() -> None:
    """The held codes are those of the series of indices."""
    frame = index_series(profile_at(*MANY), symbol="BTC", thresholds=Thresholds(20.0, 40.0))
    held = held_codes(frame["iv_index"].tolist(), [Code(code) for code in frame["code"]], thresholds=Thresholds(20, 40))
    assert frame["code_held"].tolist() == [str(code) for code in held]


def test_few_units_are_grey() -> None:
    """A time whose units are not known counts none; without accounts the rule is not asked."""
    units = {moments()[0]: 40, moments()[1]: 29}
    assert index_series(profile_at(), symbol="BTC", margin_units=units)["code"].eq("grey").tolist() == [
        False, True, True,
    ]  # fmt: skip
    assert not index_series(profile_at(), symbol="BTC")["code"].eq("grey").any()


def test_too_much_lost_is_grey() -> None:
    """By the usable share of each snapshot; what is out of scope is not lost."""
    profile = profile_at(*DAYS)
    odd = np.arange(len(profile.cells)) % 4 > 0
    last = profile.cells["as_of"] == pd.Timestamp(DAYS[2])
    first = profile.cells["as_of"] == pd.Timestamp(DAYS[0])
    reason = np.where(odd & last, 8, np.where(odd & first, 100, 0))
    frame = index_series(replace(profile, cells=profile.cells.assign(reason=reason)), symbol="BTC")
    assert frame["usable_share"].iloc[:2].tolist() == [1.0, 1.0]
    assert frame["usable_share"].iloc[2] < 0.5
    assert frame["code"].eq("grey").tolist() == [False, False, True]
    assert (
        not index_series(
            replace(profile, cells=profile.cells.assign(reason=reason)),
            symbol="BTC",
            rules=GreyRules(usable_share=0.01),
        )["code"]
        .eq("grey")
        .any()
    )


def test_a_snapshot_without_leverage_is_a_row_without_an_index() -> None:
    """NaN and Grey; the others stay what they are."""
    profile = profile_at()
    tier = profile.cells["tier"].where(profile.cells["as_of"] != pd.Timestamp(DAYS[1]), 0)
    gone = replace(profile, cells=profile.cells.assign(tier=tier))
    frame = index_series(gone, symbol="BTC")
    assert (np.isnan(frame["iv_index"]).tolist(), frame["code"].iloc[1]) == ([False, True, False], "grey")
    assert critical_volatilities(gone, symbol="BTC").status[1] == CriticalStatus.EMPTY


def test_nothing_is_filled_in() -> None:
    """Times that are not stored are no rows."""
    frame = index_series(profile_at(MANY[0], MANY[9]), symbol="BTC")
    assert frame.index.tolist() == [pd.Timestamp(MANY[0]), pd.Timestamp(MANY[9])]
    assert frame.index.name == "as_of"


def test_no_snapshots_are_an_empty_series() -> None:
    """With the same columns."""
    profile = profile_at()
    empty = index_series(replace(profile, cells=profile.cells.head(0)), symbol="BTC")
    assert (len(empty), list(empty.columns)) == (0, list(index_series(profile, symbol="BTC").columns))


def test_what_nothing_dates_is_refused() -> None:
    """A series is by time."""
    profile = profile_at()
    with pytest.raises(ValueError, match="nothing dates"):
        snapshot_times(replace(profile, cells=profile.cells.assign(as_of=pd.Timestamp("NaT"))))


def test_a_stored_cohort_gives_the_history_of_its_report(
    tmp_path_factory: pytest.TempPathFactory, results: Results
) -> None:
    """From the same positions, built for a history: margin units too."""
    path = write(tmp_path_factory.mktemp("series"), book(times=TIMES))
    profile = built_profile(Settings(positions=path), every=True, say=lambda _: None)
    units = {moment: profile.origin["margin_units"][moment.isoformat()] for moment in profile.snapshots}
    made = index_series(profile, margin_units=units)
    assert made["code"].tolist() == results["solved"].history["code"].tolist()
