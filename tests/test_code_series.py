"""A series of codes read: changes, and since when the last code has stood."""

from datetime import datetime, timedelta

import pytest

from cohortiv.code_series import CodeChange, code_changes, current_spell
from cohortiv.early_warning import Code, code_of, held_codes

START = datetime(2026, 2, 1)  # noqa: DTZ001 - house times are UTC without zone


def days(count: int) -> list[datetime]:
    """Midnights from the start on."""
    return [START + timedelta(days=day) for day in range(count)]


def test_changes_are_dated() -> None:
    """A change carries the first snapshot of the new code."""
    codes = [Code.GREEN, Code.GREEN, Code.RED, Code.YELLOW]
    assert code_changes(days(4), codes) == (
        CodeChange(days(3)[2], Code.GREEN, Code.RED),
        CodeChange(days(4)[3], Code.RED, Code.YELLOW),
    )


def test_held_codes_change_less_often() -> None:
    """An index that flickers round 60 changes its own code at each step, the held one once."""
    indices = [55.0, 60.5, 59.5, 60.5, 59.5, 60.5]
    own = [code_of(index) for index in indices]
    assert len(code_changes(days(6), own)) == 5
    held = code_changes(days(6), held_codes(indices, own))
    assert held == (CodeChange(days(6)[1], Code.YELLOW, Code.RED),)


def test_a_spell_begins_with_the_last_change() -> None:
    """The run counts its snapshots, the first of the new code included."""
    spell = current_spell(days(4), [Code.RED, Code.GREEN, Code.YELLOW, Code.YELLOW])
    assert spell is not None
    assert (spell.code, spell.since, spell.snapshots, spell.from_start) == (Code.YELLOW, days(3)[2], 2, False)


def test_a_spell_without_change_is_as_old_as_the_data() -> None:
    """A code that never changed may be older than the series, and says so."""
    spell = current_spell(days(3), [Code.GREY] * 3)
    assert spell is not None
    assert (spell.since, spell.snapshots, spell.from_start) == (START, 3, True)


def test_an_empty_series_has_neither() -> None:
    """Without snapshots there is no change and no spell."""
    assert code_changes([], []) == ()
    assert current_spell([], []) is None


def test_lengths_agree() -> None:
    """Times and codes come in pairs."""
    with pytest.raises(ValueError, match="got 2 times and 1 codes"):
        code_changes(days(2), [Code.GREEN])


@pytest.mark.parametrize("times", [[START, START], [START + timedelta(days=1), START]])
def test_times_rise(times: list[datetime]) -> None:
    """A time that is repeated or goes back is refused."""
    with pytest.raises(ValueError, match="times rise"):
        current_spell(times, [Code.GREEN, Code.RED])
