"""Computes whether the colours of the palette can be told apart and read, also by readers with a colour deficiency."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from cohortiv.palette import ACCENT, CODES, INK, MUTED, PAPER, SIDES

Vector = NDArray[np.float64]

SIGHTS: dict[str, Vector] = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""Machado et al. (2009), severity 1.0, applied to linear RGB."""

TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> Vector:
    """Linear RGB of "#RRGGBB" by the sRGB standard."""
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(colour: str, sight: str) -> Vector:
    """CIELAB (D65) of a colour as it is seen."""
    xyz = TO_XYZ @ np.clip(SIGHTS[sight] @ linear(colour), 0, 1) / WHITE
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def smallest_difference(colours: list[str], sight: str) -> float:
    """Smallest CIE76 difference between any two of the colours as they are seen."""
    seen = [lab(colour, sight) for colour in colours]
    return min(float(np.linalg.norm(first - second)) for first, second in combinations(seen, 2))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours by WCAG 2."""
    darker, lighter = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (first, second))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("sight", "expected"), [("normal", 70), ("protanopia", 61), ("deuteranopia", 46), ("tritanopia", 46)]
)
def test_measure_agrees_with_published_figures(sight: str, expected: int) -> None:
    """The measure gives the differences that were found for blue, amber and red with another program."""
    assert round(smallest_difference(["#2166AC", "#E0A100", "#B2182B"], sight)) == expected


def test_contrast_has_its_known_limit() -> None:
    """Black on white has the contrast 21 that the standard names."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


@pytest.mark.parametrize("sight", SIGHTS)
def test_codes_can_be_told_apart(sight: str) -> None:
    """Any two of Green, Yellow and Red differ by at least 40, whatever the reader's sight."""
    assert smallest_difference([CODES[code].fill for code in ("green", "yellow", "red")], sight) >= 40


def test_green_still_reads_as_green() -> None:
    """In the fill of Green the green channel is the strongest, by a clear margin over red."""
    red, green, blue = linear(CODES["green"].fill)
    assert green > 1.3 * blue
    assert green > 10 * red


@pytest.mark.parametrize("code", CODES)
def test_badge_can_be_read(code: str) -> None:
    """Text on the fill of a code has a contrast of at least 4.5."""
    assert contrast(CODES[code].ink, CODES[code].fill) >= 4.5


@pytest.mark.parametrize("code", CODES)
def test_word_of_a_code_can_be_read_on_paper_and_on_its_band(code: str) -> None:
    """The outline colour serves for words on white and on the tint of the code."""
    assert min(contrast(CODES[code].outline, PAPER), contrast(CODES[code].outline, CODES[code].tint)) >= 4.5


@pytest.mark.parametrize("ink", [INK, MUTED])
@pytest.mark.parametrize("code", CODES)
def test_text_can_be_read_on_every_band(code: str, ink: str) -> None:
    """Ordinary and muted text keep a contrast of at least 4.5 on every tint."""
    assert contrast(ink, CODES[code].tint) >= 4.5


@pytest.mark.parametrize("ink", [INK, MUTED, ACCENT])
def test_text_can_be_read_on_paper(ink: str) -> None:
    """Ordinary, muted and accented text have a contrast of at least 4.5 on paper."""
    assert contrast(ink, PAPER) >= 4.5


def test_every_code_has_its_own_word_shape_and_glyph() -> None:
    """No code is told by its colour alone: words, shapes and glyphs are all different."""
    for looks in zip(*((style.word, style.shape, style.glyph) for style in CODES.values()), strict=True):
        assert len(set(looks)) == len(CODES)


def test_codes_are_in_their_order() -> None:
    """Codes come as Green, Yellow, Red, Grey."""
    assert [style.word for style in CODES.values()] == ["Green", "Yellow", "Red", "Grey"]


@pytest.mark.parametrize("sight", SIGHTS)
def test_sides_can_be_told_apart(sight: str) -> None:
    """Long and short differ by at least 30, whatever the reader's sight."""
    assert smallest_difference(list(SIDES.values()), sight) >= 30


def test_sides_survive_a_grey_printer() -> None:
    """Long and short differ in lightness by at least 20."""
    long, short = (lab(colour, "normal")[0] for colour in SIDES.values())
    assert abs(long - short) >= 20


def test_sides_and_codes_share_no_colour() -> None:
    """One colour has one meaning: to normal sight, no side looks like a code."""
    looks = [*SIDES.values(), *(style.fill for style in CODES.values())]
    assert smallest_difference(looks, "normal") >= 20
