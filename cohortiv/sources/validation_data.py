"""Series that a validation needs: prices, liquidations and what other people watch, each by the time it was known."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from cohortiv.errors import DataError
from cohortiv.sources.market_history import chosen
from cohortiv.sources.small_table import Field, read_small_table, typed_table

Kind = Literal[
    "prices", "liquidations", "liquidation-events", "implied-volatility", "funding", "open-interest", "margin",
    "fear-greed",
]  # fmt: skip
_TIME: Final = Field("time", "time", "a timestamp such as 2026-02-18T23:00:00Z, a day, or seconds since 1970")
_NAMES: Final = ("symbol", "venue")
_USD: Final = "a finite number >= 0 (USD)"
_COINS: Final = "a finite number >= 0 (coins)"
_PRICE: Final = "a finite number > 0 (USD)"
_HOUR: Final = pd.Timedelta(hours=1)
_DAY: Final = pd.Timedelta(days=1)
_HOURS_A_YEAR: Final = 8_760.0
#: Two neighbours further apart than this many steps have a gap between them.
_GAP: Final = 1.5
_FEWEST: Final = 2


@dataclass(frozen=True)
class _Layout:
    """How a file of one kind is read.

    Attributes
    ----------
    fields : tuple of Field
        Beside time, symbol and venue.
    aliases : mapping of str to str
        Names that public exports use -> house name.
    known : {"bar", "day", "hour", "now"}
        When a row is known: at the end of its bar; at the end of its day where the file has one row a day, else at its
        time; an hour after its time; at its time.
    """

    fields: tuple[Field, ...]
    aliases: Mapping[str, str]
    known: Literal["bar", "day", "hour", "now"]


_LIQUIDATED: Final = (
    Field("amount_usd", "number", _USD, open=False),
    Field("long_usd", "number", _USD, required=False, open=False),
    Field("short_usd", "number", _USD, required=False, open=False),
)
_LIQUIDATED_ALIASES: Final = {
    "totalUsd": "amount_usd", "total_usd": "amount_usd", "longUsd": "long_usd", "shortUsd": "short_usd",
}  # fmt: skip
_LAYOUTS: Final[Mapping[Kind, _Layout]] = {
    "prices": _Layout(
        (
            Field("close", "number", _PRICE),
            *(Field(name, "number", _PRICE, required=False) for name in ("open", "high", "low")),
        ),
        {"price": "close"}, "bar",
    ),
    "liquidations": _Layout(_LIQUIDATED, _LIQUIDATED_ALIASES, "bar"),
    "liquidation-events": _Layout(_LIQUIDATED, _LIQUIDATED_ALIASES, "now"),
    "implied-volatility": _Layout(
        (Field("volatility_pct", "number", "a finite number > 0 (percent)"),), {"dvol": "volatility_pct"}, "day"
    ),
    "funding": _Layout(
        (Field("funding_rate", "number", "a finite number (1 per period)", least=-math.inf),),
        {"funding_mean": "funding_rate"}, "day",
    ),
    "open-interest": _Layout((Field("oi_usd", "number", _USD, open=False),), {}, "day"),
    "margin": _Layout(
        tuple(Field(name, "number", _COINS, open=False) for name in ("longs_coin", "shorts_coin")),
        {"longs": "longs_coin", "shorts": "shorts_coin"}, "day",
    ),
    "fear-greed": _Layout(
        (Field("fear_greed", "number", "a number from 0 to 100", open=False),), {"fng": "fear_greed"}, "hour"
    ),
}  # fmt: skip
#: Digits of a time since 1970, and its unit.
_EPOCHS: Final[tuple[tuple[int, Literal["s", "ms"]], ...]] = ((10, "s"), (13, "ms"))
#: The first of these that a file has is its time, where it has no column time.
_TIME_ALIASES: Final = ("timestamp", "ts_utc", "datetime_utc", "date")


@dataclass(frozen=True, eq=False)
class ValidationSeries:
    """A series as it became known.

    Attributes
    ----------
    kind : str
    frame : DataFrame
        By the time at which a row was known (UTC, without zone), rising, each once. Columns: the kind's own, see
        `read_validation_series`.
    step : Timedelta or None
        Commonest distance of two rows; None for single events.
    span : pair of Timestamp
        From when to when the file speaks.
    blank, repeated : int
        Rows of the whole file without a required value (left out), and rows that repeat another in everything: left
        out, but of single liquidations counted like the others, since two can be alike.
    gaps : int
        Holes between rows, left as they are.
    path : Path
    """

    kind: Kind
    frame: pd.DataFrame
    step: pd.Timedelta | None
    span: tuple[pd.Timestamp, pd.Timestamp]
    blank: int
    repeated: int
    gaps: int
    path: Path


def read_validation_series(
    file: str | Path, *, kind: Kind, symbol: str = "", venue: str = "", funding_hours: float | None = None
) -> ValidationSeries:
    """Read one series.

    Parameters
    ----------
    file : str or Path
        CSV or Parquet with a column time (or timestamp, ts_utc, datetime_utc, date; ISO 8601 in UTC, or seconds or
        milliseconds since 1970), optional symbol (or coin) and venue, and the columns of its kind:

        - prices: close (or price), optional open, high, low [USD]; the time is the bar's start.
        - liquidations: amount_usd, optional long_usd, short_usd [USD] of bars; the time is the bar's start.
        - liquidation-events: the same of single liquidations.
        - implied-volatility: volatility_pct (or dvol) [percent]; becomes implied_volatility [1/sqrt(year)].
        - funding: funding_rate [1 per period]; becomes funding_annual [1/year].
        - open-interest: oi_usd [USD].
        - margin: longs_coin, shorts_coin (or longs, shorts) [coins].
        - fear-greed: fear_greed (or fng), 0 to 100; known an hour after midnight, since it is published then.
    kind : str
    symbol, venue : str, optional
        Whose rows are read, in files that hold several.
    funding_hours : float, optional
        Period of a funding rate [hours]; default the distance of the rows, which is refused if it is a day or more.

    Returns
    -------
    ValidationSeries

    Raises
    ------
    UsageError, DataError
        If the file is not there or not a table, a column or value is not allowed, one time has two values, or there
        are fewer than two rows.
    """
    path, layout = Path(file).expanduser(), _LAYOUTS[kind]
    raw = _named(read_small_table(path, option=kind), layout)
    for column, wanted in (("symbol", symbol), ("venue", venue)):
        raw = chosen(raw, column, wanted, where=path.name)
    told = _with_values(raw, layout)
    typed = typed_table(told, (_TIME, *layout.fields), where=path.name)
    once = _added(typed) if kind == "liquidation-events" else _once(typed, where=path.name)
    step = None if kind == "liquidation-events" else _step(once["time"])
    known = once["time"] + _lag(layout, step)
    frame = _converted(once.drop(columns="time"), kind, funding_hours=funding_hours, step=step, where=path.name)
    begins = known.iloc[0] - (step if step is not None and layout.known == "bar" else pd.Timedelta(0))
    return ValidationSeries(
        kind, frame.set_index(pd.DatetimeIndex(known, name="known")), step, (begins, known.iloc[-1]),
        blank=len(raw) - len(told), repeated=int(told.duplicated().sum()) if step is None else len(typed) - len(once),
        gaps=0 if step is None else gaps_of(once["time"], step), path=path,
    )  # fmt: skip


def _named(raw: pd.DataFrame, layout: _Layout) -> pd.DataFrame:
    """Columns in house words, times as ISO 8601."""
    times = [name for name in ("time", *_TIME_ALIASES) if name in raw.columns]
    other = {old: new for old, new in {"coin": "symbol", **layout.aliases}.items() if new not in raw.columns}
    named = raw.drop(columns=times[1:]).rename(columns=other | dict.fromkeys(times[:1], "time"))
    told = {
        name: named[name].astype("str").where(named[name].notna(), "").str.strip() for name in _NAMES if name in named
    }
    return named.assign(**told, **({"time": _iso(named["time"])} if times else {}))


def _with_values(raw: pd.DataFrame, layout: _Layout) -> pd.DataFrame:
    """Rows in which no required value is blank."""
    kept = raw
    for name in (field.name for field in layout.fields if field.required and field.name in raw):
        kept = kept[kept[name].notna() & (kept[name].astype("str").str.strip() != "")]
    return kept


def _iso(times: "pd.Series[str]") -> "pd.Series[str]":
    """Times that are written as seconds or milliseconds since 1970, as ISO 8601; all others as they are."""
    text = times.astype("str").str.strip()
    for digits, unit in _EPOCHS:
        if text.str.fullmatch(rf"\d{{{digits}}}").all():
            moments = pd.to_datetime(text.astype("int64").to_numpy(), unit=unit, utc=True)
            return pd.Series(moments.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), index=times.index)
    return times


def _once(typed: pd.DataFrame, *, where: str) -> pd.DataFrame:
    """Rows in the order of their times, repetitions dropped; two values of one time are refused."""
    once = typed.drop_duplicates().sort_values("time", ignore_index=True)
    twice = once["time"].duplicated(keep=False)
    if twice.any():
        raise DataError(
            f"{where} has {int(twice.sum()):,} rows whose time has another value too (first "
            f"{once.loc[twice, 'time'].iloc[0]}); allowed is one value a time. Name the symbol or venue, or drop rows."
        )
    if len(once) < _FEWEST:
        raise DataError(f"{where} holds {len(once)} row(s) with a value; needed are at least {_FEWEST}. Bring more.")
    return once


def _added(typed: pd.DataFrame) -> pd.DataFrame:
    """Events of one time added up."""
    return typed.groupby("time", as_index=False).sum()


def _step(times: "pd.Series[pd.Timestamp]") -> pd.Timedelta:
    """Commonest distance of two neighbours, to the second; the smallest of several that are as common."""
    return pd.Timedelta(times.diff().dropna().dt.round("s").mode().iloc[0])


def gaps_of(times: "pd.Series[pd.Timestamp]", step: pd.Timedelta) -> int:
    """How many neighbours are more than one and a half steps apart."""
    return int((times.diff() > _GAP * step).sum())


def _lag(layout: _Layout, step: pd.Timedelta | None) -> pd.Timedelta:
    """How long after its time a row is known."""
    if step is None or layout.known == "now":
        return pd.Timedelta(0)
    if layout.known == "hour":
        return _HOUR
    return step if layout.known == "bar" or step >= _DAY else pd.Timedelta(0)


def _converted(
    frame: pd.DataFrame, kind: Kind, *, funding_hours: float | None, step: pd.Timedelta | None, where: str
) -> pd.DataFrame:
    """Values in house units."""
    if kind == "implied-volatility":
        return pd.DataFrame({"implied_volatility": frame["volatility_pct"] / 100.0})
    if kind == "fear-greed" and (frame["fear_greed"] > 100).any():  # noqa: PLR2004 - its own scale
        raise DataError(f"{where}: got {frame['fear_greed'].max()} as fear_greed; allowed is 0 to 100. Mend the rows.")
    if kind != "funding":
        return frame
    hours = funding_hours or (step or _DAY) / _HOUR
    if funding_hours is None and hours >= _DAY / _HOUR:
        raise DataError(
            f"{where} has a funding rate every {hours:g} hours, which is no period that venues use; allowed is less "
            "than 24, or a stated period. Say how many hours a rate is for."
        )
    return pd.DataFrame({"funding_annual": frame["funding_rate"] * _HOURS_A_YEAR / hours})
