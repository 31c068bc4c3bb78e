"""The process of a notebook: its environment, and where it comes from."""

import os
import stat

import pytest

from cohortiv.report.kernel import SETTINGS, kernel_environment, private_kernel


def test_settings_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash seed and time zone are ours, all else is the user's."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("OWN", "kept")
    found = kernel_environment()
    assert found["OWN"] == "kept"
    assert {name: found[name] for name in SETTINGS} == SETTINGS
    assert os.environ["TZ"] == "Asia/Tokyo"


def test_keys_of_venues_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """No notebook asks a venue; where it is asked stays, as does what is the user's own."""
    kept, taken = {"COHORTIV_ENGINE", "DESK_KEY"}, {"COHORTIV_BINANCE_KEY", "COHORTIV_OKX_PASSPHRASE"}
    for name in kept | taken:
        monkeypatch.setenv(name, "a value")
    assert {name for name, value in kernel_environment().items() if value == "a value"} == kept


def test_room_is_private_and_gone_afterwards() -> None:
    """Nobody else can enter the folder with the sockets, and no two runs share it."""
    with private_kernel() as first, private_kernel() as second:
        assert first.room != second.room
        assert stat.S_IMODE(first.room.stat().st_mode) == 0o700
        assert first.nursery is None
    assert not first.room.exists()
