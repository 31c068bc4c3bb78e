"""What the tests of a cohort's result share: made-up books in a file, and readings of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohortiv.assessment import Assessment, Settings, assess, read_cohort
from cohortiv.findings import Findings
from cohortiv.publication import publish

#: Ibis 12 asks DuckDB 2 and pandas 3 for what they will drop one day.
ENGINE_WARNINGS = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option is deprecated"),
]
AS_OF = "2026-02-18"
TIMES = ("2026-02-04T12:00:00", "2026-02-11T12:00:00", "2026-02-18T12:00:00")
MARKS = {"BTC": 60_000.0, "ETH": 3_000.0, "SOL": 150.0}


def book(
    accounts: int = 120,
    *,
    seed: int = 7,
    symbols: tuple[str, ...] = ("BTC", "ETH"),
    leverages: tuple[float, ...] = (2.0, 5.0, 10.0, 20.0),
    times: tuple[str, ...] = ("2026-02-18T12:00:00",),
) -> pd.DataFrame:
    """One isolated position of each account at each time, entered near the mark; a fifth of them short."""
    rng = np.random.default_rng(seed)
    frames = []
    for time in times:
        symbol = rng.choice(symbols, accounts)
        mark = np.array([MARKS[name] for name in symbol])
        frame = pd.DataFrame(
            {
                "account_id": [f"account-{number:04d}" for number in range(accounts)],
                "symbol": symbol,
                "side": rng.choice(["long", "long", "long", "long", "short"], accounts),
                "quantity": rng.lognormal(8.0, 0.8, accounts) / mark,
                "entry_price": mark * rng.uniform(0.99, 1.01, accounts),
                "mark_price": mark,
                "leverage": rng.choice(leverages, accounts),
                "venue": "binance",
                "as_of": pd.Timestamp(time),
            }
        )
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def write(folder: Path, frame: pd.DataFrame, name: str = "positions.parquet") -> str:
    """Write a book; the text is what --positions takes."""
    path = folder / name
    frame.to_parquet(path, index=False)
    return str(path)


def cohort_file(folder: Path, text: str) -> Path:
    """Cohort file with a name, a title and what the text adds."""
    path = folder / "cohort.yaml"
    path.write_text(f"name: test-cohort\ntitle: Test cohort\n{text}", encoding="utf-8")
    return path


def assessed(
    folder: Path, frame: pd.DataFrame, *, for_report: bool = True, as_of: str | None = AS_OF, **changes: object
) -> Assessment:
    """Result of a book; changes are those of `Settings`."""
    settings = Settings(positions=write(folder, frame), as_of=as_of, **changes)  # type: ignore[arg-type]
    return assess(settings, read_cohort(settings, for_report=for_report, say=lambda _: None))


def unleveraged(frame: pd.DataFrame) -> pd.DataFrame:
    """The same positions at leverage 1."""
    return frame.assign(leverage=1.0)


def past_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """The same positions entered so far from the mark that every second account is past its line."""
    under_water = np.where(frame["side"] == "long", 4.0, 0.25)
    entry = np.where(np.arange(len(frame)) % 2 == 0, under_water, 1.0) * frame["mark_price"]
    return frame.assign(entry_price=entry)


def out_of_reach(frame: pd.DataFrame) -> pd.DataFrame:
    """Shorts at a low multiplier: no volatility liquidates nine tenths of them."""
    return frame.assign(side="short", leverage=2.0, entry_price=frame["mark_price"])


CASES: Mapping[str, Callable[[Path], Assessment]] = {
    "solved": lambda folder: assessed(folder, book(times=TIMES)),
    "analyst": lambda folder: assessed(folder, book(), for_report=False),
    "one symbol": lambda folder: assessed(folder, book(), symbol="BTC"),
    "past": lambda folder: assessed(folder, past_lines(book())),
    "unreachable": lambda folder: assessed(folder, out_of_reach(book()), critical_mass=0.9),
    "nothing leveraged": lambda folder: assessed(folder, unleveraged(book())),
    "few units": lambda folder: assessed(folder, book(20)),
    "undated": lambda folder: assessed(folder, book().drop(columns="as_of"), for_report=False, as_of=None),
}
"""Results of every kind, by name."""


class Results:
    """Results by name, each made once."""

    def __init__(self, folder: Path) -> None:
        """Keep what is made in a folder."""
        self._folder = folder
        self._made: dict[str, Assessment] = {}

    def __getitem__(self, name: str) -> Assessment:
        """The result of a case."""
        if name not in self._made:
            folder = self._folder / name.replace(" ", "-")
            folder.mkdir()
            self._made[name] = CASES[name](folder)
        return self._made[name]

    def findings(self, name: str, *, previous: Mapping[str, object] | None = None) -> Findings:
        """What the sentences of a case are about."""
        result = self[name]
        return Findings(result, publish(result), previous)
