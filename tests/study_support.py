"""A made-up study: half-day bars, open interest, and a feed of liquidations that the index leads, or does not."""

import functools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from cohortiv.assessment.settings import Basis
from cohortiv.assessment.study_data import IndexInput, StudyData
from cohortiv.assets import asset
from cohortiv.config.cohort import ALL_ACCOUNTS
from cohortiv.config.study import FeedFile, StudyFile
from cohortiv.config.verdict import VerdictRules, load_verdict_rules
from cohortiv.distribution.entry_profile import DEFAULT_MIX
from cohortiv.sources.validation_data import Kind, ValidationSeries
from cohortiv.study.index_series import SolvedSeries, solve_series

DAYS = 900
START = pd.Timestamp("2024-01-01")
STEP = pd.Timedelta(hours=12)
FIELDS: dict[str, object] = {
    "name": "made-up",
    "title": "A made-up study",
    "index": [
        {
            "name": "model", "title": "Reconstructed", "from": "market", "file": "prices.csv", "symbol": "BTC",
            "venue": "binance", "open_interest": {"file": "interest.csv"}, "note": "All of it is made up",
        }
    ],
    "prices": {"file": "prices.csv"},
    "liquidations": [
        {"name": "feed", "title": "Feed", "kind": "liquidation-events", "file": "feed.csv", "covers": "Made up"}
    ],
    "primary": {"series": "model", "feed": "feed", "outcome": "liquidated-7d"},
    "scored": ["liquidated-7d", "touched-7d"],
}  # fmt: skip


def bars(days: int = DAYS) -> pd.DataFrame:
    """Bars by their end, and open interest in coins that goes up and down."""
    rng = np.random.default_rng(11)
    count = 2 * days
    close = 40_000 * np.exp(np.cumsum(rng.normal(scale=0.5 * np.sqrt(1 / 730), size=count)))
    opened = np.concatenate([[40_000.0], close[:-1]])
    spread = 1 + 0.004 * rng.random(count)
    ends = pd.date_range(START + STEP, periods=count, freq=STEP, unit="us", name="known")
    high, low = np.maximum(opened, close) * spread, np.minimum(opened, close) / spread
    coins = 50_000 + 20_000 * np.sin(np.arange(count) / 16) + 500 * rng.random(count)
    return pd.DataFrame({"open": opened, "high": high, "low": low, "close": close, "oi_usd": coins * close}, index=ends)


def as_read(kind: Kind, frame: pd.DataFrame, *, step: pd.Timedelta | None = STEP) -> ValidationSeries:
    """A frame as if it had been read."""
    span = (frame.index[0] - (step or pd.Timedelta(0)), frame.index[-1])
    return ValidationSeries(kind, frame, step, span, blank=0, repeated=0, gaps=0, path=Path(f"{kind}.csv"))


@functools.cache
def without_feed() -> StudyData:
    """The study with bars and open interest only."""
    study = StudyFile.model_validate(FIELDS)
    held = bars()
    prices, interest = as_read("prices", held.drop(columns="oi_usd")), as_read("open-interest", held[["oi_usd"]])
    files = ("prices.csv", "interest.csv")
    index = IndexInput(
        study.index[0], ALL_ACCOUNTS, str(Basis.OPEN_INTEREST), None, (prices, interest), DEFAULT_MIX, files
    )
    return StudyData(study, (index,), prices, (), comparators={}, texts=None, until=None)


@functools.cache
def solved() -> SolvedSeries:
    """The index series."""
    data = without_feed()
    return solve_series(data.index[0], data)


@functools.cache
def study_data(pull: float) -> StudyData:
    """The study with a feed: days with much follow a high index the more, the larger the pull; 0: at random."""
    rng = np.random.default_rng(21 if pull else 23)
    index = np.log(solved().frame["iv_index"].dropna())
    risk = ((index - index.mean()) / index.std()).to_numpy()
    shocks = rng.random(risk.size) < 0.01 * np.exp(pull * risk - pull**2 / 2)
    amounts = rng.random(risk.size) + 100.0 * shocks
    feed = pd.DataFrame({"amount_usd": amounts}, index=index.index + pd.Timedelta(hours=30))
    read = as_read("liquidation-events", feed.set_axis(feed.index.rename("known")), step=None)
    data = without_feed()
    return replace(data, feeds=((data.study.liquidations[0], read),))


def quick_rules() -> VerdictRules:
    """The shipped rules with few resamples and a lower floor."""
    return load_verdict_rules().model_copy(update={"draws": 60, "fewest_events": 5})


def feed_file() -> FeedFile:
    """The feed as the study file names it."""
    return without_feed().study.liquidations[0]


def written(folder: Path, **changes: object) -> Path:
    """A study file beside its data; None takes a field away."""
    held = bars()
    times = pd.DatetimeIndex(held.index)
    starts, ends = (each.strftime("%Y-%m-%dT%H:%M:%SZ") for each in (times - STEP, times))
    held.drop(columns="oi_usd").assign(time=starts).to_csv(folder / "prices.csv", index=False)
    held[["oi_usd"]].assign(time=ends).to_csv(folder / "interest.csv", index=False)
    _, read = study_data(2.0).feeds[0]
    known = pd.DatetimeIndex(read.frame.index).strftime("%Y-%m-%dT%H:%M:%SZ")
    read.frame.assign(time=known).to_csv(folder / "feed.csv", index=False)
    rules = yaml.safe_load((asset("templates") / "validation" / "verdict-1.yaml").read_text(encoding="utf-8"))
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules | {"draws": 30, "name": "quick"}), encoding="utf-8")
    fields = {**FIELDS, "verdict": "rules.yaml", **changes}
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump({k: v for k, v in fields.items() if v is not None}), encoding="utf-8")
    return path
