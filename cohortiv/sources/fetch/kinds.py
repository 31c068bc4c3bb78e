"""Kinds of public market data, by the names that commands and folders use."""

from collections.abc import Mapping
from typing import Final, Literal

Kind = Literal["bars", "interest", "funding", "ratios", "liquidations"]
KINDS: Final[tuple[Kind, ...]] = ("bars", "interest", "funding", "ratios", "liquidations")
#: What each is called in messages.
TITLES: Final[Mapping[Kind, str]] = {
    "bars": "price bars",
    "interest": "open interest",
    "funding": "funding",
    "ratios": "long/short ratios",
    "liquidations": "liquidations",
}
