"""The study that runs without files: the embedded SYNTHETIC sample, its prices, and what its own lines did."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.assessment.reading import build_past
from cohortiv.assessment.settings import Basis, Settings
from cohortiv.assessment.study_data import IndexInput, StudyData
from cohortiv.config.cohort import ALL_ACCOUNTS
from cohortiv.config.study import StudyFile
from cohortiv.distribution.entry_profile import DEFAULT_MIX
from cohortiv.sources.sample import sample_prices
from cohortiv.sources.validation_data import ValidationSeries

#: What stands where a study names its files.
_SAMPLE: Final = "SYNTHETIC sample"
_SYMBOL: Final = "BTC"
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
        "primary": {"series": "sample", "outcome": "touched-7d"},
        "scored": ["touched-7d"],
    }
)
"""Weekly snapshots of half a year; no liquidations are made up, so the profile's own lines are the outcome."""


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
    profile = build_past(Settings(symbol=_SYMBOL), every=True, units=True, say=tell)
    bars = sample_prices()[_SYMBOL]
    step = pd.Timedelta(bars.index[1] - bars.index[0])
    prices = ValidationSeries(
        "prices", bars, step, (bars.index[0] - step, bars.index[-1]), blank=0, repeated=0, gaps=0, path=Path(_SAMPLE)
    )
    source = SAMPLE_STUDY.index[0]
    index = IndexInput(source, ALL_ACCOUNTS, str(Basis.POSITIONS), profile, None, DEFAULT_MIX, (_SAMPLE,))
    return StudyData(SAMPLE_STUDY, (index,), prices, (), comparators={}, texts=None, until=None, synthetic=True)
