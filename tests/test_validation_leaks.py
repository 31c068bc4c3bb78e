"""Signals that peek are caught, signals that do not are left alone."""

import numpy as np
import pandas as pd
import pytest
from signal_support import days

from cohortiv.validation.leaks import Signal, find_leaks


def rows() -> pd.DataFrame:
    """Daily prices and a flag."""
    rng = np.random.default_rng(0)
    return pd.DataFrame({"price": rng.lognormal(size=60), "open": rng.random(60) < 0.5}, index=days(60))


def mean_of_week(table: pd.DataFrame) -> pd.Series:
    """Looks back only."""
    return table["price"].rolling(7).mean()


def centred_mean(table: pd.DataFrame) -> pd.Series:
    """Looks three days ahead."""
    return table["price"].rolling(7, center=True).mean()


def tomorrow(table: pd.DataFrame) -> pd.Series:
    """Looks a day ahead."""
    return table["price"].shift(-1)


def standardised(table: pd.DataFrame) -> pd.Series:
    """Uses the mean and the deviation of the whole series."""
    return (table["price"] - table["price"].mean()) / table["price"].std()


def flag_ahead(table: pd.DataFrame) -> pd.Series:
    """Reads tomorrow's flag."""
    return table["open"].shift(-1, fill_value=False).astype("float64")


def length_of_all(table: pd.DataFrame) -> pd.Series:
    """Knows how many rows there will be."""
    return pd.Series(float(len(table)), index=table.index)


def filled_back(table: pd.DataFrame) -> pd.Series:
    """Fills a missing value from the day after."""
    return table["price"].where(table["price"] < table["price"].median()).bfill()


CUTS = list(days(60)[[20, 40]])


@pytest.mark.parametrize("signal", [centred_mean, tomorrow, standardised, flag_ahead, length_of_all, filled_back])
def test_a_signal_that_peeks_is_caught(signal: Signal) -> None:
    """Each way of looking ahead is found at a cut."""
    assert find_leaks(signal, rows(), cuts=CUTS, rng=np.random.default_rng(1)) != ()


def test_an_honest_signal_is_not() -> None:
    """A mean of the past is the same to the last bit."""
    assert find_leaks(mean_of_week, rows(), cuts=CUTS, rng=np.random.default_rng(1)) == ()


def test_a_leak_says_where() -> None:
    """Three days before the cut is the first value of a centred week that changes."""
    (leak, _) = find_leaks(centred_mean, rows(), cuts=CUTS, rng=np.random.default_rng(1))
    assert (leak.changed_after, leak.at) == (days(60)[20], days(60)[18])
    assert leak.before == pytest.approx(rows()["price"].iloc[15:22].mean())
    assert leak.after != leak.before


def test_rows_are_left_alone() -> None:
    """A signal that writes into its rows changes nothing of the caller's."""
    table = rows()

    def vandal(given: pd.DataFrame) -> pd.Series:
        given["price"] = 0.0
        return given["price"]

    find_leaks(vandal, table, cuts=CUTS, rng=np.random.default_rng(1))
    pd.testing.assert_frame_equal(table, rows())


def test_no_cuts_no_leaks() -> None:
    """Without a cut nothing is asked."""
    assert find_leaks(tomorrow, rows(), cuts=[], rng=np.random.default_rng(1)) == ()
