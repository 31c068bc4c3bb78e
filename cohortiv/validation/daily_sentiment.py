"""Daily sentiment: the mean of a day's texts, known when the day is over, and as scores that rise with danger."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from cohortiv.validation.sentiment import SCORED, ScoredTexts

DAY: Final = pd.Timedelta(days=1)
#: A day with fewer scored texts has no score.
LEAST_TEXTS: Final = 10


@dataclass(frozen=True, eq=False)
class DailySentiment:
    """Sentiment by day.

    Attributes
    ----------
    frame : DataFrame
        By the UTC midnight that ends the day, when it was known; every day from the first text to the last:
        mean, from -1 (bad) to 1 (good), weighted [1]; share_negative of the weight, score under 0 [1]; texts, scored;
        not_scored; repeated, left out because the day holds the same text. Mean and share are NaN on a day with
        fewer than `least_texts`.
    least_texts : int
        Scored texts that a day needs.
    repeats_once : bool
        Whether a text that comes several times a day counts once.
    """

    frame: pd.DataFrame
    least_texts: int
    repeats_once: bool

    @property
    def series(self) -> pd.DataFrame:
        """Comparator and feature, higher is more dangerous: negative_sentiment (minus the mean), negative_share."""
        return pd.DataFrame({"negative_sentiment": -self.frame["mean"], "negative_share": self.frame["share_negative"]})


def daily_sentiment(
    scored: ScoredTexts, *, least_texts: int = LEAST_TEXTS, repeats_once: bool = True
) -> DailySentiment:
    """Average the texts of each UTC day.

    Parameters
    ----------
    scored : ScoredTexts
        With time (UTC, without zone), text, weight, score and why.
    least_texts : int, optional
        Scored texts, each counted once, under which a day has no score. At least 1, default 10.
    repeats_once : bool, optional
        Whether the same text counts once a day, with its largest weight; capitals and spaces make no difference.
        Default true: copies are mostly machines and shares.

    Returns
    -------
    DailySentiment
        Without rows for no texts.

    Raises
    ------
    ValueError
        If `least_texts` is under 1.

    Notes
    -----
    A text at midnight belongs to the day that begins; so the value at t rests on texts before t alone, and t is the
    earliest time at which it may be used. The last day is taken as whole: read it only if the file reaches its end.
    """
    if least_texts < 1:
        raise ValueError(f"got least_texts {least_texts}; allowed is 1 or more, for instance {LEAST_TEXTS}")
    rows = scored.frame.assign(known=scored.frame["time"].dt.floor("D") + DAY)
    repeated = _repeated(rows) if repeats_once else pd.Series(data=False, index=rows.index)
    counted = rows[~repeated & (rows["why"] == SCORED)]
    weight = counted["weight"]
    sums = pd.DataFrame(
        {"known": counted["known"], "whole": weight, "mean": weight * counted["score"],
         "share_negative": weight * (counted["score"] < 0.0), "texts": 1}
    ).groupby("known").sum()  # fmt: skip
    others = rows.assign(repeated=repeated, not_scored=~repeated & (rows["why"] != SCORED))
    frame = _every_day(others.groupby("known")[["not_scored", "repeated"]].sum()).join(sums)
    enough = frame["texts"] >= least_texts
    means = frame[["mean", "share_negative"]].div(frame["whole"], axis=0).where(enough)
    whole = frame[["texts", "not_scored", "repeated"]].fillna(0).astype("int64")
    return DailySentiment(means.join(whole), least_texts, repeats_once)


def _repeated(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Texts that their day holds already; of equal ones the heaviest is the first."""
    alike = pd.DataFrame({"known": rows["known"], "text": rows["text"].str.split().str.join(" ").str.casefold()})
    heaviest_first = alike.loc[rows["weight"].sort_values(ascending=False, kind="stable").index]
    empty = rows["text"].str.strip() == ""
    return heaviest_first.duplicated().reindex(rows.index) & ~empty


def _every_day(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts with the days between that have no text."""
    if counts.empty:
        return counts
    return counts.reindex(pd.date_range(counts.index[0], counts.index[-1], freq=DAY, name="known"))
