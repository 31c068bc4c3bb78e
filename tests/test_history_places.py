"""Profiles of many snapshots on common lines: the same notional, and the same chances as their own nodes give."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from history_support import TIMES, profile_at

from cohortiv.history import places
from cohortiv.history.places import CommonLines, Mixtures, common_lines, leveraged_cells
from cohortiv.history.series import snapshot_times
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import OFFSET, SCALE
from cohortiv.volatility import FloatArray, expected_share, line_book

VOLATILITIES = np.geomspace(0.002, 2.0, 25)


def lines_of(profile: LiquidationProfile, *, symbol: str | None = "BTC") -> CommonLines:
    """All snapshots of a profile on common lines."""
    times = snapshot_times(profile)
    return common_lines(leveraged_cells(profile, times, symbol=symbol))


def mixtures_of(profile: LiquidationProfile) -> Mixtures:
    """All snapshots of a profile."""
    return lines_of(profile).mixtures(0, len(snapshot_times(profile)))


def own_shares(profile: LiquidationProfile, *, kappa: bool = False) -> FloatArray:
    """Expected shares by each snapshot's own nodes, shape (snapshots, volatilities)."""
    rows = []
    for moment in profile.snapshots:
        nodes = profile.at(moment).nodes().frame
        book = line_book(
            nodes["weight"], nodes["distance"], second_distances=nodes["second_distance"],
            kappas=nodes["kappa"] if kappa else 1.0,
        )  # fmt: skip
        rows.append(expected_share(book, VOLATILITIES))
    return np.array(rows)


def shares(lines: CommonLines) -> FloatArray:
    """Expected shares on common lines."""
    mixtures = lines.mixtures(0, lines.single.cells.starts.size - 1)
    touched = mixtures.weights @ lines.chances(VOLATILITIES).T
    return np.asarray(touched / mixtures.notional[:, np.newaxis])


def changed(profile: LiquidationProfile, **columns: npt.ArrayLike) -> LiquidationProfile:
    """The same profile with other columns."""
    return LiquidationProfile(pd.DataFrame({**profile.cells, **columns}), profile.comovement, profile.origin)


def test_notional_is_kept() -> None:
    """Every cent of every snapshot."""
    profile = profile_at()
    held = profile.cells.groupby("as_of")["notional_cents"].sum()
    assert mixtures_of(profile).notional == pytest.approx(held.to_numpy(), rel=1e-12)


def test_chances_are_those_of_the_own_nodes() -> None:
    """Whatever the place of a position within its bin."""
    assert shares(lines_of(profile_at())) == pytest.approx(own_shares(profile_at()), abs=2e-7)


def test_cells_of_one_bin_add_up() -> None:
    """Two venues that hold the same are the same lines with twice the notional."""
    profile = profile_at()
    both = pd.concat([profile.cells, profile.cells.assign(venue="other")]).sort_values("as_of", kind="stable")
    double = mixtures_of(LiquidationProfile(both, profile.comovement))
    once = mixtures_of(profile)
    assert double.weights.shape == once.weights.shape
    assert double.weights == pytest.approx(2 * once.weights)


def test_a_second_line_counts_too() -> None:
    """At its mean place, the two chances together at most 1, whose corner a cubic rounds off."""
    profile = profile_at(*TIMES[:2])
    rng = np.random.default_rng(3)
    size = len(profile.cells)
    half = rng.random(size) < 0.5
    second = np.where(half, -np.sign(profile.cells["bin"]) * (OFFSET - rng.integers(10, 60, size)), 0)
    place = profile.cells["notional_cents"] * np.floor(rng.random(size) * SCALE) * half
    two = changed(profile, second_bin=second.astype(int), other_first=place)
    assert shares(lines_of(two)) == pytest.approx(own_shares(two), abs=2e-5)
    assert (shares(lines_of(two)) > shares(lines_of(profile)) - 1e-6).all()


def test_past_lines_and_missing_lines_keep_their_weight() -> None:
    """The one is touched at once, the other never."""
    profile = profile_at(TIMES[0])
    state = np.arange(len(profile.cells)) % 3
    mixed = changed(profile, state=state, bin=np.where(state == 0, profile.cells["bin"], 0))
    assert shares(lines_of(mixed)) == pytest.approx(own_shares(mixed), abs=2e-7)


def test_a_cohort_moves_by_its_symbols() -> None:
    """Each with its own kappa, market lines with the market's."""
    btc, sol = profile_at(TIMES[0]), profile_at(TIMES[0], symbol="SOL", seed=2)
    frame = pd.concat([btc.cells, sol.cells, sol.cells.assign(reading=1)], ignore_index=True)
    whole = LiquidationProfile(frame, btc.comovement)
    assert shares(lines_of(whole, symbol=None)) == pytest.approx(own_shares(whole, kappa=True), abs=2e-7)


def test_what_is_not_leveraged_or_not_in_use_is_left_out() -> None:
    """The tier and the reason decide."""
    profile = profile_at(TIMES[0])
    odd = np.arange(len(profile.cells)) % 2
    for column in ("tier", "reason"):
        part = changed(profile, **{column: np.where(odd, 0 if column == "tier" else 3, profile.cells[column])})
        kept = profile.cells["notional_cents"].to_numpy()[odd == 0].sum()
        assert mixtures_of(part).notional.sum() == pytest.approx(kept)


def test_nothing_leveraged_has_no_lines() -> None:
    """The snapshots are still there, each without weight."""
    mixtures = mixtures_of(changed(profile_at(), tier=0))
    assert (mixtures.weights.shape, mixtures.notional.tolist()) == ((3, 0), [0.0, 0.0, 0.0])


def test_some_of_the_snapshots_are_rows_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever are asked for, and however few are summed at once."""
    profile = profile_at()
    whole = mixtures_of(profile)
    monkeypatch.setattr(places, "_CELLS_AT_ONCE", 1)
    part = lines_of(profile).mixtures(1, 3)
    assert part.weights.tolist() == whole.weights[1:].tolist()
    assert part.notional.tolist() == whole.notional[1:].tolist()
