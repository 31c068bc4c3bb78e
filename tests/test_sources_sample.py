"""The synthetic sample: what it holds, and that it could be."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cohortiv.config.cohort import load_cohort
from cohortiv.errors import UsageError
from cohortiv.margin.brackets import EffectiveBrackets, load_brackets
from cohortiv.schema import POSITION_COLUMNS
from cohortiv.sources.footers import SYNTHETIC_KEY
from cohortiv.sources.sample import make_sample, write_sample

UNIT_OF_POSITION = ["as_of", "account_id", "venue", "symbol", "side", "product", "margin_mode"]


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    """The default sample, with notional and the equity that each row brings to its margin unit [USD]."""
    frame: pd.DataFrame = make_sample().to_pandas()
    inverse = (frame["contract"] == "inverse").to_numpy()
    side = np.where(frame["side"] == "long", 1.0, -1.0)
    quantity, mark, entry = (frame[name].to_numpy() for name in ("quantity", "mark_price", "entry_price"))
    profit = side * quantity * np.where(inverse, mark / entry - 1.0, mark - entry)
    collateral = (frame["margin"] * frame["collateral_price"] * (1.0 - frame["haircut"])).to_numpy()
    frame["notional"] = np.where(inverse, quantity, quantity * mark)
    frame["equity"] = collateral + profit
    return frame


@pytest.fixture(scope="module")
def last(sample: pd.DataFrame) -> pd.DataFrame:
    """The last snapshot of the default sample."""
    return sample.query("as_of == as_of.max()")


def maintenance(frame: pd.DataFrame, brackets: EffectiveBrackets) -> pd.Series:
    """Maintenance margin of each row under the brackets in force [USD]."""
    needed = pd.Series(0.0, index=frame.index)
    for item in brackets.in_force:
        venue, symbol, contract = item.schedule.key
        rows = frame[(frame["venue"] == venue) & (frame["symbol"] == symbol) & (frame["contract"] == contract)]
        coin = rows["mark_price"].to_numpy(dtype=float) if contract == "inverse" else np.ones(len(rows))
        needed[rows.index] = item.schedule.maintenance(rows["notional"].to_numpy(dtype=float) / coin) * coin
    return needed


def test_columns_are_those_of_the_contract(sample: pd.DataFrame) -> None:
    """The sample speaks the house's words and no others."""
    assert set(sample.columns) - {"notional", "equity"} <= {column.name for column in POSITION_COLUMNS}


def test_snapshots_are_weekly(sample: pd.DataFrame) -> None:
    """There are 26 snapshots, one a week, the last at the end of the third quarter of 2026."""
    times = pd.DatetimeIndex(sorted(sample["as_of"].unique()))
    assert len(times) == 26
    assert times[-1] == datetime(2026, 9, 30, tzinfo=UTC)
    assert set(np.diff(times)) == {np.timedelta64(7, "D")}


def test_no_position_appears_twice(sample: pd.DataFrame) -> None:
    """Within a snapshot an account has one row for a venue, symbol, side, product and mode."""
    assert not sample.duplicated(UNIT_OF_POSITION).any()


def test_no_unit_is_past_its_line(sample: pd.DataFrame) -> None:
    """Under the shipped brackets of its day every margin unit has more equity than it needs."""
    brackets = load_brackets()
    for as_of, rows in sample.groupby("as_of"):
        needed = maintenance(rows, brackets.effective(pd.Timestamp(str(as_of)).date()))
        assert (needed > 0.0).all()
        alone = np.where(rows["margin_mode"] == "cross", "", rows["symbol"] + rows["side"])
        spare = (rows["equity"] - needed).groupby([rows["account_id"], rows["venue"], alone]).sum()
        assert (spare > 0.0).all(), as_of


def test_leverage_is_what_the_venue_allows(last: pd.DataFrame) -> None:
    """No position declares more than its venue's first bracket lets it."""
    brackets = load_brackets().effective(datetime(2026, 9, 30, tzinfo=UTC).date())
    for venue, symbol in last[["venue", "symbol"]].drop_duplicates().itertuples(index=False):
        item = brackets.schedule_for(venue, symbol, "linear")
        assert item is not None
        declared = last.loc[(last["venue"] == venue) & (last["symbol"] == symbol), "leverage"]
        assert declared.between(1.0, item.schedule.max_leverage[0] or 0.0).all()


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("symbol", {"BTC", "ETH", "SOL"}),
        ("venue", {"binance", "hyperliquid"}),
        ("contract", {"linear", "inverse"}),
        ("margin_mode", {"isolated", "cross"}),
        ("product", {"perpetual", "future"}),
        ("collateral_asset", {"USDT", "USDC", "BTC"}),
        ("haircut", {0.0, 0.05}),
    ],
)
def test_every_kind_is_there(last: pd.DataFrame, column: str, values: set[object]) -> None:
    """The last snapshot has each kind of position that the model treats apart."""
    assert set(last[column]) == values


def test_some_accounts_are_hedged(last: pd.DataFrame) -> None:
    """Some accounts hold a long and a short of one symbol in one cross unit."""
    sides = last[last["margin_mode"] == "cross"].groupby(["account_id", "venue", "symbol"])["side"].nunique()
    assert (sides == 2).sum() > 50


def test_inverse_contracts_are_backed_by_their_coin(last: pd.DataFrame) -> None:
    """Coin-margined positions have BTC behind them, priced at the mark, in whole contracts of 100 USD."""
    inverse = last[last["contract"] == "inverse"]
    assert (inverse["collateral_asset"] == "BTC").all()
    assert (inverse["collateral_price"] == inverse["mark_price"]).all()
    assert (inverse["quantity"] % 100.0 == 0.0).all()


def test_small_accounts_use_high_leverage(last: pd.DataFrame) -> None:
    """Many positions are at 20x or more, little of the capital is."""
    high = last["leverage"] >= 20.0
    assert high.mean() > 0.2
    assert last.loc[high, "notional"].sum() / last["notional"].sum() < 0.2


def test_no_account_dominates(sample: pd.DataFrame) -> None:
    """In no snapshot does one account hold a twentieth of the notional."""
    held = sample.groupby(["as_of", "account_id"])["notional"].sum()
    assert (held.groupby("as_of").max() / held.groupby("as_of").sum()).max() < 0.05


def test_privacy_leaves_something_to_read(last: pd.DataFrame) -> None:
    """On each side of BTC at least six multipliers are held by ten accounts or more."""
    accounts = last[last["symbol"] == "BTC"].groupby(["side", "leverage"])["account_id"].nunique()
    assert (accounts >= 10).groupby("side").sum().min() >= 6


def test_positions_persist(sample: pd.DataFrame) -> None:
    """Between two snapshots most positions stay and some are new."""
    now, before = (sample[sample["as_of"] == time] for time in sorted(sample["as_of"].unique())[:-3:-1])
    keys = ["account_id", "venue", "symbol", "side", "entry_price"]
    stayed = now[keys].merge(before[keys]).shape[0] / len(now)
    assert 0.4 < stayed < 0.9


def test_entries_are_spread_over_the_path(last: pd.DataFrame) -> None:
    """Positions were opened over months of prices, not at one."""
    btc = last.loc[last["symbol"] == "BTC", "entry_price"]
    assert btc.nunique() > 500
    assert btc.max() / btc.min() > 1.2


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two runs with one seed write identical files."""
    one, two = (write_sample(tmp_path / name, accounts=50, seed=3, snapshots=2) for name in ("one", "two"))
    assert one.positions.read_bytes() == two.positions.read_bytes()
    assert one.cohort.read_bytes() == two.cohort.read_bytes()
    assert one.readme.read_bytes() == two.readme.read_bytes()


def test_another_seed_gives_another_sample() -> None:
    """The seed decides."""
    assert not make_sample(accounts=50, seed=1, snapshots=1).equals(make_sample(accounts=50, seed=2, snapshots=1))


def test_the_file_holds_the_table(tmp_path: Path) -> None:
    """What is written is what is made, one row group a snapshot."""
    files = write_sample(tmp_path, accounts=50, seed=3, snapshots=2)
    assert pq.read_table(files.positions).equals(make_sample(accounts=50, seed=3, snapshots=2))


def test_the_file_says_that_it_is_synthetic(tmp_path: Path) -> None:
    """The mark that the reader of positions looks for is in the file."""
    files = write_sample(tmp_path, accounts=10, snapshots=1)
    assert pq.read_schema(files.positions).metadata[SYNTHETIC_KEY] == b"true"


def test_the_cohort_is_the_published_one_and_synthetic(tmp_path: Path) -> None:
    """The cohort beside the positions can be read, and says what it is."""
    files = write_sample(tmp_path, accounts=10, snapshots=1)
    cohort = load_cohort(files.cohort)
    assert cohort.name == "binance-verified-mainland-2026"
    assert "SYNTHETIC" in cohort.title
    assert "SYNTHETIC" in cohort.description
    assert files.readme.read_text(encoding="utf-8").startswith("SYNTHETIC")


def test_one_account_is_a_sample() -> None:
    """The smallest sample is a table, perhaps without rows."""
    assert make_sample(accounts=1, seed=0, snapshots=1).schema.metadata[b"cohortiv.synthetic"] == b"true"


@pytest.mark.parametrize(("name", "value"), [("accounts", 0), ("seed", -1), ("snapshots", 0)])
def test_too_small_a_number_is_bad_usage(tmp_path: Path, name: str, value: int) -> None:
    """A sample of nobody is refused before anything is written."""
    with pytest.raises(UsageError, match=f"got {name} {value}, allowed are"):
        write_sample(tmp_path / "out", **{name: value})
    assert not (tmp_path / "out").exists()
