"""The colours, shapes and words that have one meaning in every chart, table and badge.

A code is never told by its colour alone: it has a word, a shape and a glyph as well. The fills of Green, Yellow and
Red stay at least 40 apart (CIE76 difference in CIELAB, D65) for normal sight and for protanopia, deuteranopia and
tritanopia as simulated by Machado et al. (2009) at full severity; the tests compute the differences.
Long and short differ in lightness too, so that they survive a grey printer, and share no colour with a code.

References
----------
Machado, Oliveira, Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision Deficiency",
IEEE TVCG 15(6), https://doi.org/10.1109/TVCG.2009.113.
Okabe, Ito (2008), "Color Universal Design", https://jfly.uni-koeln.de/color/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CodeStyle:
    """How one code looks wherever it is shown.

    Attributes
    ----------
    word : str
        The code as a reader sees it, for example "Green".
    shape : str
        Name of the mark's shape in Vega.
    glyph : str
        One character of the same shape, for text.
    fill : str
        Colour of a badge or a mark, "#RRGGBB".
    ink : str
        Colour of text on the fill; contrast at least 4.5 : 1.
    outline : str
        Colour of the edge around the fill, and of the code's word on white or on the tint; contrast at least 4.5 : 1.
    tint : str
        Pale colour of a band behind a chart.
    """

    word: str
    shape: str
    glyph: str
    fill: str
    ink: str
    outline: str
    tint: str


INK = "#1C2530"
MUTED = "#56616D"
RULE = "#D3D9E0"
PAPER = "#FFFFFF"
ACCENT = "#12355B"

CODES: Mapping[str, CodeStyle] = MappingProxyType(
    {
        "green": CodeStyle("Green", "circle", "●", "#19A689", "#0A1F1A", "#0A6553", "#E4F4F0"),
        "yellow": CodeStyle("Yellow", "triangle-up", "▲", "#F2B01E", "#2B1D00", "#7A5200", "#FDF3DC"),
        "red": CodeStyle("Red", "square", "■", "#A11212", "#FFFFFF", "#7D0D0D", "#F9E5E4"),
        "grey": CodeStyle("Grey", "stroke", "–", "#4F5964", "#FFFFFF", "#3A434D", "#EEF0F2"),
    }
)

SIDES: Mapping[str, str] = MappingProxyType({"long": "#08519C", "short": "#CC79A7"})
