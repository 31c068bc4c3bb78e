"""Dated texts of the synthetic sample: made-up remarks whose mood follows made-up prices, in English and Chinese."""

import math
from typing import Final

import numpy as np
import pandas as pd

#: Words of each mood; none is from anybody.
_MOODS: Final = {
    "good": {
        "en": (("great", "strong", "happy", "wonderful", "excellent"), ("week", "rally", "market", "trade", "close")),
        "zh": (("上涨", "利好", "反弹", "盈利", "强势"), ("今天", "行情", "大盘", "本周", "尾盘")),
    },
    "bad": {
        "en": (("terrible", "awful", "painful", "scary", "horrible"), ("week", "drop", "market", "loss", "close")),
        "zh": (("下跌", "亏损", "暴跌", "利空", "恐慌"), ("今天", "行情", "大盘", "本周", "尾盘")),
    },
}
_FORMS: Final = {"en": "A {mood} {thing} for the made-up {symbol}", "zh": "示例{symbol}{thing}{mood}"}
#: Remarks a day, share of them in Chinese, and days of return that their mood follows.
A_DAY: Final = 15
_CHINESE: Final = 0.3
_DAYS: Final = 3
#: How much one standard deviation of return moves the log-odds of a good remark.
_PULL: Final = 1.0


def sample_texts(close: "pd.Series[float]", *, symbol: str, seed: int) -> pd.DataFrame:
    """Made-up remarks on made-up prices.

    Parameters
    ----------
    close : Series
        Prices by the time at which they were known, rising (UTC, without zone); midnights are among them.
    symbol : str
        Named in every remark.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        Columns of `texts.Texts`: time (UTC, without zone), text, language (stated), source, weight; `A_DAY` rows for
        each whole day.

    Notes
    -----
    A remark of day d is good with a log-odds that rises with the return up to the midnight that begins d: mood follows
    prices here, and so knows no more of what comes than they do.
    """
    rng = np.random.default_rng(seed)
    times = pd.DatetimeIndex(close.index)
    midnights = close.loc[times[times.normalize() == times]]
    daily = midnights.iloc[:-1]
    moves = (daily / daily.shift(_DAYS)).apply(math.log).fillna(0.0)
    odds = 1.0 / (1.0 + np.exp(-_PULL * moves / moves.std()))
    begin = np.repeat(pd.DatetimeIndex(daily.index), A_DAY)
    good = rng.random(len(begin)) < np.repeat(odds.to_numpy(dtype="float64"), A_DAY)
    chinese = rng.random(len(begin)) < _CHINESE
    picked = rng.integers(0, 5, size=(len(begin), 2))
    minutes = np.sort(rng.integers(0, 24 * 60, size=(len(daily), A_DAY)), axis=1).ravel()
    spoken = np.where(chinese, "zh", "en")
    texts = [
        _remark("good" if right else "bad", language, words, symbol=symbol)
        for right, language, words in zip(good, spoken, picked, strict=True)
    ]
    return pd.DataFrame(
        {
            "time": begin + pd.to_timedelta(minutes, unit="min"),
            "text": texts,
            "language": spoken,
            "source": "SYNTHETIC sample",
            "weight": 1.0,
        }
    )


def _remark(mood: str, language: str, words: "np.ndarray", *, symbol: str) -> str:
    """One remark of a mood."""
    moods, things = _MOODS[mood][language]
    return _FORMS[language].format(mood=moods[words[0]], thing=things[words[1]], symbol=symbol)
