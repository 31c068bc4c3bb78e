"""Numbers as a reader sees them."""

import math

import pytest

from cohortiv.quantities import chance, exact_percent, level, many, percent, points, points_range, price, signed, usd

NB = "\u00a0"


@pytest.mark.parametrize(
    ("fraction", "digits", "text"),
    [
        (0.1128, 1, f"11.3{NB}%"), (0.15, 0, f"15{NB}%"), (-0.2508, 2, f"−25.08{NB}%"), (-1e-9, 1, f"0.0{NB}%"),
        (math.inf, 1, "infinite"), (2688.8, 2, f"over 1,000{NB}%"), (10.0, 0, f"1000{NB}%"), (math.nan, 1, "none"),
        (None, 1, "none"),
    ],
)  # fmt: skip
def test_percent(fraction: float | None, digits: int, text: str) -> None:
    """A fraction is written as a percentage, with a true minus sign and never a negative zero."""
    assert percent(fraction, digits) == text


@pytest.mark.parametrize(
    ("fraction", "text"), [(0.15, "15"), (0.125, "12.5"), (0.532, "53.2"), (-0.1, "−10"), (12.5, "1,250"), (0.0, "0")]
)
def test_exact_percent(fraction: float, text: str) -> None:
    """What was set is written with all its digits and no idle zero."""
    assert exact_percent(fraction) == f"{text}{NB}%"


@pytest.mark.parametrize(
    ("probability", "text"), [(0.0, "under 1"), (0.0099, "under 1"), (0.57, "57"), (0.99, "99"), (0.9999, "over 99")]
)
def test_chance(probability: float, text: str) -> None:
    """An estimate never says that something is certain or impossible."""
    assert chance(probability) == f"{text}{NB}%"


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (50.7827, "50.8"), (1000.0, "1,000.0"), (4e8, "over 1,000"), (-0.01, "0.0"), (math.inf, "infinite"),
        (None, "none"),
    ],
)  # fmt: skip
def test_points(index: float | None, text: str) -> None:
    """An index has one digit behind the point, and none where its digits mean nothing."""
    assert points(index) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(45.1, 56.9, "45.1 to 56.9"), (45.1, 4e8, "45.1 to over 1,000"), (3e8, 4e8, "over 1,000"), (45.0, 45.0, "45.0")],
)
def test_points_range(low: float, high: float, text: str) -> None:
    """Both ends are told, unless they read the same."""
    assert points_range(low, high) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (4.6e12, f"4.6{NB}tn{NB}USD"),
        (771_125_459.82, f"771.1{NB}m{NB}USD"), (3.2e9, f"3.2{NB}bn{NB}USD"), (999_999.0, f"1.0{NB}m{NB}USD"),
        (999_940.0, f"999.9{NB}k{NB}USD"), (12.4, f"12{NB}USD"), (0.0, f"0{NB}USD"), (-2_500.0, f"−2.5{NB}k{NB}USD"),
        (math.nan, "none"), (None, "none"),
    ],
)  # fmt: skip
def test_usd(amount: float | None, text: str) -> None:
    """Dollars have three or four digits, and roll over to the next unit rather than show a thousand."""
    assert usd(amount) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (67_012.6, f"67,013{NB}USD"), (999.996, f"1,000{NB}USD"), (152.5, f"152.5{NB}USD"),
        (0.1234567, f"0.12346{NB}USD"),
        (0.00001234567, f"0.000012346{NB}USD"), (3.0, f"3{NB}USD"), (0.0, f"0{NB}USD"), (None, "none"),
    ],
)  # fmt: skip
def test_price(amount: float | None, text: str) -> None:
    """Prices have five digits that count, never an exponent, and no cents from a thousand on."""
    assert price(amount) == text


@pytest.mark.parametrize(("amount", "text"), [(67_012.6, "67,013"), (171.666, "171.67"), (1.25e-6, "0.00000125")])
def test_level(amount: float, text: str) -> None:
    """A price in a column whose head has the unit goes without it."""
    assert level(amount) == text


@pytest.mark.parametrize(
    ("change", "text"), [(2.13, "+2.1"), (-0.5, "−0.5"), (-0.001, "+0.0"), (4e8, "over +1,000"), (-4e8, "under −1,000")]
)
def test_signed(change: float, text: str) -> None:
    """A change always has its sign."""
    assert signed(change) == text


@pytest.mark.parametrize(("number", "told"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")])
def test_counts_agree_with_their_nouns(number: int, told: str) -> None:
    """One is singular, all else plural."""
    assert many(number, "row") == told
