"""The study that runs without files: four made-up years, and what the made-up accounts lost by force in them."""

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.assessment.building import build_past
from cohortiv.assessment.settings import Basis, Settings
from cohortiv.assessment.study_data import IndexInput, StudyData
from cohortiv.config.cohort import ALL_ACCOUNTS
from cohortiv.config.study import StudyFile
from cohortiv.config.validation import EventsFile
from cohortiv.distribution.entry_profile import DEFAULT_MIX
from cohortiv.sources.sample import DEFAULT_SEED, sample_liquidations, sample_prices, write_sample
from cohortiv.sources.sample_texts import sample_texts
from cohortiv.sources.validation_data import Kind, ValidationSeries

#: What stands where a study names its files.
_SAMPLE: Final = "SYNTHETIC sample"
_SYMBOL: Final = "BTC"
_ACCOUNTS: Final = 300
_SNAPSHOTS: Final = 208
_FALLS: Final = 8
_APART: Final = pd.Timedelta(days=30)
_DAY: Final = pd.Timedelta(days=1)
SAMPLE_STUDY: Final = StudyFile.model_validate(
    {
        "name": "sample",
        "title": "The embedded SYNTHETIC sample",
        "index": [
            {
                "name": "sample",
                "title": "SYNTHETIC sample, BTC",
                "from": "positions",
                "file": _SAMPLE,
                "symbol": _SYMBOL,
                "note": "Positions and prices are made up; nothing here says whether the warning works.",
            }
        ],
        "prices": {"file": _SAMPLE, "symbol": _SYMBOL, "title": "Made-up prices of the sample"},
        "liquidations": [
            {
                "name": "forced",
                "title": "SYNTHETIC sample, positions closed by force",
                "file": _SAMPLE,
                "covers": "Made-up accounts, closed at their lines as they traded",
                "note": "By the same rules that the positions are made by, so the two agree more than real ones would.",
            }
        ],
        "texts": [_SAMPLE],
        "primary": {
            "series": "sample",
            "feed": "forced",
            "outcome": "liquidated-7d",
            "why": "What the made-up accounts lost by force; the other outcome is of the index's own lines.",
        },
        "scored": ["liquidated-7d", "touched-7d"],
    }
)
"""Weekly snapshots of four years, so that there are events enough for every picture; few accounts keep it quick."""


def sample_study_data(*, say: Callable[[str], None] | None = None) -> StudyData:
    """The data of `SAMPLE_STUDY`.

    Parameters
    ----------
    say : callable, optional
        Takes one line of progress at a time; standard error if None.

    Returns
    -------
    StudyData
        Synthetic.
    """
    tell = say or partial(print, file=sys.stderr)
    tell(f"Making {_SNAPSHOTS} weekly snapshots of {_ACCOUNTS} made-up accounts (SYNTHETIC)")
    with tempfile.TemporaryDirectory(prefix="cohortiv-") as folder:
        files = write_sample(Path(folder), accounts=_ACCOUNTS, snapshots=_SNAPSHOTS)
        settings = Settings(positions=str(files.positions), symbol=_SYMBOL)
        profile = build_past(settings, every=True, units=True, say=tell)
    prices = _series("prices", sample_prices(snapshots=_SNAPSHOTS)[_SYMBOL])
    feed = _series("liquidations", sample_liquidations(accounts=_ACCOUNTS, snapshots=_SNAPSHOTS)[_SYMBOL])
    source = SAMPLE_STUDY.index[0]
    index = IndexInput(source, ALL_ACCOUNTS, str(Basis.POSITIONS), profile, None, DEFAULT_MIX, (_SAMPLE,))
    feeds = ((SAMPLE_STUDY.liquidations[0], feed),)
    return StudyData(
        SAMPLE_STUDY,
        (index,),
        prices,
        feeds,
        comparators={},
        texts=sample_texts(prices.frame["close"], symbol=_SYMBOL, seed=DEFAULT_SEED),
        until=None,
        synthetic=True,
        events=_largest_falls(prices.frame["close"], since=feed.span[0]),
    )


def _largest_falls(close: "pd.Series[float]", *, since: pd.Timestamp) -> EventsFile:
    """The days on which made-up prices fell most, a month apart or more: dated events that suit made-up prices."""
    times = pd.DatetimeIndex(close.index)
    daily = close.loc[times[times.normalize() == times]]
    falls = (daily / daily.shift() - 1.0).set_axis(pd.DatetimeIndex(daily.index) - _DAY)
    kept: list[pd.Timestamp] = []
    for day in falls[falls.index >= since].sort_values().index:
        if len(kept) < _FALLS and all(day >= other + _APART or day <= other - _APART for other in kept):
            kept.append(day)
    events = [
        {
            "date": day.date(),
            "name": f"SYNTHETIC: BTC {falls[day]:.0%}",
            "description": "One of the largest falls of the made-up price in a day",
            "source": _SAMPLE,
        }
        for day in sorted(kept)
    ]
    first, last = since.date(), daily.index[-1].date()
    return EventsFile.model_validate(
        {"name": "sample", "complete_from": first, "complete_to": last, "events": tuple(events)}
    )


def _series(kind: Kind, frame: pd.DataFrame) -> ValidationSeries:
    """Made-up half-day bars as if they had been read."""
    step = pd.Timedelta(frame.index[1] - frame.index[0])
    span = (frame.index[0] - step, frame.index[-1])
    return ValidationSeries(kind, frame, step, span, blank=0, repeated=0, gaps=0, path=Path(_SAMPLE))
