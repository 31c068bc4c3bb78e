"""The profile as a value: add, slice, save, load."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from book_support import AS_OF, Desk, position
from test_profile_build import random_book

from cohortiv.comovement import comovement
from cohortiv.engine import connect
from cohortiv.errors import DataError
from cohortiv.profile import LiquidationProfile, load_profile, save_profile


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


@pytest.fixture
def profile(desk: Desk) -> LiquidationProfile:
    """A book of isolated positions in three symbols on two venues."""
    return desk.solve(random_book(11, 2_000)).profile().profile


def test_two_venues_add_up_to_both(desk: Desk, profile: LiquidationProfile) -> None:
    """The profile of one venue plus that of the other is the profile of their rows together."""
    book = random_book(11, 2_000)
    parts = [desk.solve(book[book["venue"] == venue]).profile().profile for venue in ("v", "w")]
    for added in (parts[0] + parts[1], parts[1] + parts[0]):
        pd.testing.assert_frame_equal(added.cells, profile.cells, check_exact=True)


def test_equal_cells_are_added(profile: LiquidationProfile) -> None:
    """A profile plus itself has the same cells with twice the money, and the same marks."""
    double = profile + profile
    assert len(double.cells) == len(profile.cells)
    assert double.leveraged_notional_usd == 2 * profile.leveraged_notional_usd
    assert double.mark_range("BTC") == profile.mark_range("BTC") == (60_000.0, 60_000.0)
    assert double.origin["added"] == [dict(profile.origin)] * 2


def test_profiles_that_move_differently_are_not_added(desk: Desk, profile: LiquidationProfile) -> None:
    """Their bins would not mean the same."""
    other = desk.solve([position()]).profile(movement=comovement({"ETH": 2.0})).profile
    with pytest.raises(DataError, match="different betas or kappas"):
        profile + other


@pytest.mark.parametrize(
    "key", [{"symbols": ["BTC"]}, {"sides": ["short"]}, {"tiers": [10, 20]}, {"venues": ["w"]}], ids=str
)
def test_slices_are_the_cells_with_the_given_keys(profile: LiquidationProfile, key: dict[str, list[str]]) -> None:
    """And what is left out is the rest."""
    (name, values), column = next(iter(key.items())), next(iter(key)).removesuffix("s")
    part = profile.select(**key)  # type: ignore[arg-type]
    assert set(part.cells[column]) == set(values), name
    rest = profile.cells[~profile.cells[column].isin(values)]
    assert part.cells["notional_cents"].sum() + rest["notional_cents"].sum() == profile.cells["notional_cents"].sum()


def test_no_key_slices_nothing(profile: LiquidationProfile) -> None:
    """None lets all pass."""
    pd.testing.assert_frame_equal(profile.select().cells, profile.cells)


def test_saving_and_loading_gives_the_same_profile(profile: LiquidationProfile, tmp_path: Path) -> None:
    """Cells, movement and origin; the folder is made, nothing half-written stays."""
    path = tmp_path / "new" / "p.parquet"
    save_profile(profile, path)
    loaded = load_profile(path)
    pd.testing.assert_frame_equal(loaded.cells, profile.cells, check_exact=True)
    assert loaded.comovement == profile.comovement
    assert loaded.origin == profile.origin
    assert [file.name for file in path.parent.iterdir()] == ["p.parquet"]


def test_saving_twice_gives_the_same_bytes(profile: LiquidationProfile, tmp_path: Path) -> None:
    """A profile is its content."""
    for name in ("a.parquet", "b.parquet"):
        save_profile(profile, tmp_path / name)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize("content", [b"", b"PAR1 not quite PAR1", None])
def test_what_is_no_profile_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """Missing, broken, or of another kind."""
    path = tmp_path / "p.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"p.parquet cannot be read as a profile"):
        load_profile(path)


def test_another_parquet_file_is_no_profile(tmp_path: Path) -> None:
    """The format is asked for by name."""
    pq.write_table(pa.table({"x": [1]}), tmp_path / "p.parquet")
    with pytest.raises(DataError, match="has the format None; allowed is cohortiv-liquidation-profile-1"):
        load_profile(tmp_path / "p.parquet")


def test_a_profile_holds_no_account(profile: LiquidationProfile, tmp_path: Path) -> None:
    """Neither in its cells nor in its file."""
    save_profile(profile, tmp_path / "p.parquet")
    assert "account_id" not in profile.cells.columns
    assert "account" not in str(pq.read_schema(tmp_path / "p.parquet"))


def test_nodes_carry_the_leveraged_notional(profile: LiquidationProfile) -> None:
    """Every cent once; points inside their bins."""
    nodes = profile.nodes().frame
    assert nodes["weight"].sum() == pytest.approx(profile.leveraged_notional_usd, rel=1e-12)
    lined = nodes[nodes["state"] == 0]
    assert (lined["distance"].abs() >= lined["inner"].abs() * (1 - 1e-9)).all()
    assert (lined["distance"].abs() <= lined["outer"].abs() * (1 + 1e-9)).all()


def test_marks_of_a_symbol_that_is_not_held(profile: LiquidationProfile) -> None:
    """There are none."""
    assert profile.mark_range("DOGE") is None


def test_a_snapshot_that_is_not_there_is_empty(profile: LiquidationProfile) -> None:
    """It has no cells."""
    assert profile.at(AS_OF.replace(year=2001)).cells.empty
