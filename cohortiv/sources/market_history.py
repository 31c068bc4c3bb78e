"""Public market data in: price bars, and open interest at the same times."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.errors import DataError
from cohortiv.sources.fetch.origins import notes_of_files
from cohortiv.sources.files import split_spec
from cohortiv.sources.small_table import Field, read_small_table, typed_table

_PRICE: Final = "a finite number > 0 (USD)"
BAR_FIELDS: Final = (
    Field("time", "time", "the bar's start, a timestamp such as 2026-02-18T23:00:00Z"),
    Field("open", "number", _PRICE),
    Field("high", "number", _PRICE),
    Field("low", "number", _PRICE),
    Field("close", "number", _PRICE),
    Field("symbol", "text", "a base asset such as BTC", required=False),
    Field("oi_usd", "number", "a finite number >= 0 (USD), or none", required=False, open=False),
)
INTEREST_FIELDS: Final = (
    Field("time", "time", "a timestamp such as 2026-02-18T23:00:00Z"),
    Field("oi_usd", "number", "a finite number >= 0 (USD)", open=False),
    Field("symbol", "text", "a base asset such as BTC", required=False),
    Field("venue", "text", "a name such as binance", required=False),
)
#: Names that public exports use.
_ALIASES: Final = {"timestamp": "time", "coin": "symbol"}
#: Fewest bars that a history can be read from.
_FEWEST: Final = 2


@dataclass(frozen=True, eq=False)
class MarketHistory:
    """Bars of one symbol and its open interest.

    Attributes
    ----------
    bars : DataFrame
        time: end of the bar (UTC, without zone), rising; open, high, low, close [USD].
    interest : DataFrame
        time, rising; oi_usd [USD].
    venue : str
        Where the open interest is held; empty where the file does not say.
    paths : tuple of Path
        The files.
    notes : tuple of str
        What files that were fetched say of themselves: rows left out, hours missing.
    """

    bars: pd.DataFrame
    interest: pd.DataFrame
    venue: str
    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()

    @property
    def covered(self) -> pd.DataFrame:
        """Bars that end while open interest is known."""
        return self.bars[self.bars["time"].between(self.interest["time"].min(), self.interest["time"].max())]


def read_market_history(market: str, *, open_interest: str = "", symbol: str, venue: str = "") -> MarketHistory:
    """Read bars and open interest.

    Parameters
    ----------
    market : str
        File of bars: time (or timestamp), open, high, low, close, optional symbol and oi_usd.
    open_interest : str
        File of open interest: time (or timestamp), oi_usd, optional symbol (or coin) and venue; empty where the bars
        have oi_usd, which then is that at the bar's end.
    symbol : str
        Whose rows are read, in files that hold several.
    venue : str
        Whose open interest is read, in a file that holds several.

    Returns
    -------
    MarketHistory

    Raises
    ------
    UsageError, DataError
        If a file is not there or not a table, a column or value is not allowed, times repeat, or fewer than two bars
        end while open interest is known.
    """
    path = Path(split_spec(market, option="--market", known=())[1]).expanduser()
    read = typed_table(read_small_table(path, option="--market"), BAR_FIELDS, where=path.name, aliases=_ALIASES)
    bars = _ended(_dated(chosen(read, "symbol", symbol, where=path.name), where=path.name), where=path.name)
    if open_interest:
        other = Path(open_interest).expanduser()
        raw = typed_table(
            read_small_table(other, option="--open-interest"), INTEREST_FIELDS, where=other.name, aliases=_ALIASES
        )
        held = chosen(raw, "symbol", symbol, where=other.name)
        held = chosen(held, "venue", venue, where=other.name)
        named = str(held["venue"].iloc[0]) if "venue" in held else venue
        return _overlapping(
            MarketHistory(
                bars,
                _dated(held, where=other.name)[["time", "oi_usd"]],
                named,
                (path, other),
                notes_of_files(path, other),
            )
        )
    if "oi_usd" not in bars:
        raise DataError(f"{path.name} has no oi_usd; name a file of open interest with --open-interest FILE.")
    return _overlapping(MarketHistory(bars, bars[["time", "oi_usd"]].dropna(), venue, (path,)))


def _overlapping(history: MarketHistory) -> MarketHistory:
    """The history, if enough of its bars have open interest."""
    if len(history.covered) < _FEWEST:
        raise DataError(
            f"{len(history.covered)} of {len(history.bars):,} bars end between the first and the last time of open "
            f"interest; needed are at least {_FEWEST}. Bring bars and open interest of the same period."
        )
    return history


def chosen(frame: pd.DataFrame, column: str, wanted: str, *, where: str) -> pd.DataFrame:
    """Rows of one symbol or venue; all where the file does not tell them apart."""
    if column not in frame:
        return frame
    names = sorted(set(frame[column]) - {""})
    if not wanted and len(names) <= 1:
        return frame
    if wanted not in names:
        got = f"--{column} got {wanted!r}, but {where}" if wanted else where
        raise DataError(f"{got} holds the {column}s {', '.join(names) or 'none'}; a run is about one. "
                        f"Name it with --{column}; in a study file, with {column}: beside the file.")  # fmt: skip
    return frame[frame[column] == wanted]


def _dated(frame: pd.DataFrame, *, where: str) -> pd.DataFrame:
    """Rows in the order of their times, each once."""
    twice = int(frame["time"].duplicated().sum())
    if twice:
        raise DataError(f"{where} repeats {twice:,} time(s); allowed is one row a time. Drop the repeated rows.")
    return frame.sort_values("time", ignore_index=True)


def _ended(bars: pd.DataFrame, *, where: str) -> pd.DataFrame:
    """Bars named by their end; their length is the smallest step between them."""
    if len(bars) < _FEWEST:
        raise DataError(f"{where} holds {len(bars)} bar(s) of the symbol; needed are at least {_FEWEST}. Bring more.")
    wrong = (bars["low"] > bars[["open", "close"]].min(axis=1)) | (bars["high"] < bars[["open", "close"]].max(axis=1))
    if wrong.any():
        raise DataError(
            f"{where}: {int(wrong.sum()):,} bar(s) have a low above, or a high below, their open or close (first at "
            f"{bars.loc[wrong, 'time'].iloc[0]}); allowed is low <= open, close <= high. Mend them."
        )
    length = bars["time"].diff().min()
    return bars.assign(time=bars["time"] + length)
