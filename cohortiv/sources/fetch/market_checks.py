"""What market data have to hold, whoever they come from: bars that agree with themselves, hours without holes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pandas as pd

from cohortiv.sources.fetch.kinds import Kind
from cohortiv.sources.fetch.market_rows import ReadRows
from cohortiv.sources.fetch.open_interest import in_both_units

HOUR: Final = timedelta(hours=1)
_PRICES: Final = ("open", "high", "low", "close")


@dataclass
class MarketChecks:
    """Checks of the data of one instrument, bars first.

    Attributes
    ----------
    name : str
        The venue's own, for notes.
    coins_each : float
        Coins in one unit of the instrument: 1000 of 1000PEPE.
    usd_each : float
        USD in one contract, where open interest is counted in contracts.
    price : Series or None
        Price by time of the bars that were checked [USD a coin].
    """

    name: str
    coins_each: float = 1.0
    usd_each: float = 1.0
    price: "pd.Series[float] | None" = None

    def checked(self, kind: Kind, frame: pd.DataFrame) -> ReadRows:
        """A table in house units, without rows that contradict themselves.

        Parameters
        ----------
        kind : str
        frame : DataFrame
            With at least one row, by time.

        Returns
        -------
        ReadRows
            Notes say what was left out, and how many hours are missing.

        Raises
        ------
        DataError
            As for `open_interest.in_both_units`.
        """
        what = f"{kind} of {self.name}"
        if kind == "bars":
            found = self._bars(frame)
            return ReadRows(found.frame, (*found.notes, *holes(found.frame["time"], what=what)))
        if kind == "interest":
            both = in_both_units(frame, coins_each=self.coins_each, usd_each=self.usd_each, close=self.price)
            return ReadRows(both.frame, (*both.notes, *holes(both.frame["time"], what=what)))
        return ReadRows(_with_ratio(frame), ())

    def _bars(self, frame: pd.DataFrame) -> ReadRows:
        """Bars of one coin whose low and high hold their open and close."""
        scaled = {name: frame[name] / self.coins_each for name in _PRICES}
        bars = frame.assign(**scaled, volume_coin=frame["volume_coin"] * self.coins_each)
        inner = bars[["open", "close"]]
        wrong = (bars["low"] > inner.min(axis=1)) | (bars["high"] < inner.max(axis=1))
        told = f"{int(wrong.sum()):,} bar(s) of {self.name} left out: low or high contradicts open and close"
        sound = bars[~wrong].reset_index(drop=True)
        before = pd.Series(sound["open"].to_numpy()[:1], index=sound["time"].to_numpy()[:1])
        self.price = pd.concat([before, sound.set_index(sound["time"] + HOUR)["close"]])
        return ReadRows(sound, (told,) if wrong.any() else ())


def holes(times: "pd.Series[pd.Timestamp]", *, what: str) -> tuple[str, ...]:
    """Hours that are missing between the first and the last time, in a sentence.

    Parameters
    ----------
    times : Series of Timestamp
        Rising.
    what : str
        Of what.

    Returns
    -------
    tuple of str
        Empty where none is missing.
    """
    if times.empty:
        return ()
    there = times.dt.floor("h")
    wanted = pd.date_range(pd.Timestamp(there.min()), pd.Timestamp(there.max()), freq="h")
    missing = len(wanted) - there.nunique()
    return (f"{missing:,} hour(s) of {what} are missing between the first and the last",) if missing > 0 else ()


def _with_ratio(frame: pd.DataFrame) -> pd.DataFrame:
    """Two shares as the one ratio that other venues give."""
    if "long_share" not in frame:
        return frame
    ratio = frame["long_share"] / frame["short_share"].where(frame["short_share"] > 0)
    return frame.drop(columns=["long_share", "short_share"]).assign(long_short_ratio=ratio)
