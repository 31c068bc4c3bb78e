"""Tables of leverage tiers in: notional by liquidation price, or by entry price, without accounts."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cohortiv.errors import DataError
from cohortiv.schema import SIDES
from cohortiv.sources.files import split_spec
from cohortiv.sources.small_table import Field, read_small_table, typed_table

OPTION = "--tier-table"
_PRICE = "a finite number > 0 (USD)"
FIELDS = (
    Field("symbol", "text", "a base asset such as BTC"),
    Field("side", "text", "long or short, in lower case", words=SIDES),
    Field("tier", "number", "a multiplier of at least 1, such as 10 or 10x", least=1.0, open=False),
    Field("mark_price", "number", _PRICE),
    Field("notional_usd", "number", "a finite number >= 0 (USD)", open=False),
    Field("as_of", "time", "a timestamp such as 2026-02-18T23:17:05Z in every row"),
    Field("cohort", "text", "a name", required=False),
    Field("venue", "text", "a name such as binance", required=False),
    Field("liquidation_price", "number", "a finite number >= 0 (USD); 0 or none: no line", required=False, open=False),
    Field("bucket_width", "number", "a finite number >= 0 (USD), or none", required=False, open=False),
    Field("entry_price", "number", _PRICE + ", or none", required=False),
)
#: Shares of leveraged notional by multiplier.
MIX_FIELDS = (
    Field("tier", "number", "a multiplier of more than 1, such as 10 or 10x", least=1.0),
    Field("share", "number", "a share >= 0", open=False),
)
_PLACES = ("liquidation_price", "entry_price")


@dataclass(frozen=True, eq=False)
class TierRows:
    """Rows of a tier table in house words.

    Attributes
    ----------
    frame : DataFrame
        Columns of `FIELDS`; what the file lacks is missing: text empty, numbers NaN, times NaT.
    path : Path
        The file.
    """

    frame: pd.DataFrame
    path: Path


def read_tier_table(spec: str) -> TierRows:
    """Read a table of tiers.

    Parameters
    ----------
    spec : str
        A CSV or Parquet file with the columns of `FIELDS`, or `hyperliquid:FILE` for a liquidation map by leverage
        tier under its own names.

    Returns
    -------
    TierRows
        `liquidation_price` [USD] is the middle of a bucket `bucket_width` [USD] wide, 0 where it is a price.

    Raises
    ------
    UsageError, DataError
        If the file is not there or not a table, a column is missing, or a value is not allowed.
    """
    scheme, target = split_spec(spec, option=OPTION, known=SCHEMES)
    path = Path(target).expanduser()
    raw = read_small_table(path, option=OPTION)
    renamed = SCHEMES[scheme](raw) if scheme else raw
    if not set(_PLACES) & set(renamed.columns):
        raise DataError(
            f"{path.name} has neither liquidation_price nor entry_price; it has {', '.join(map(str, raw.columns))}. "
            "Needed is one of them: rename its columns, or name the source (hyperliquid:FILE)."
        )
    dated = "as_of" in renamed.columns
    fields = [field for field in FIELDS if dated or field.name != "as_of"]
    typed = typed_table(_plain_tiers(renamed), fields, where=path.name).reindex(columns=[f.name for f in FIELDS])
    return TierRows(_filled(typed), path)


def read_tier_mix(path: Path) -> pd.DataFrame:
    """Read shares of leveraged notional by multiplier from a file.

    Parameters
    ----------
    path : Path
        CSV or Parquet with tier [x] and share [1].

    Returns
    -------
    DataFrame
        tier, share, as they stand.
    """
    return typed_table(_plain_tiers(read_small_table(path, option="--tier-mix")), MIX_FIELDS, where=path.name)


def _plain_tiers(frame: pd.DataFrame) -> pd.DataFrame:
    """The x behind a multiplier taken off."""
    if "tier" not in frame.columns:
        return frame
    return frame.assign(tier=frame["tier"].astype("str").str.strip().str.removesuffix("x"))


def _filled(typed: pd.DataFrame) -> pd.DataFrame:
    """Optional columns in their types where the file has none."""
    texts = {field.name: typed[field.name].astype("object").fillna("").astype("str") for field in FIELDS
             if field.kind == "text"}  # fmt: skip
    numbers = {field.name: typed[field.name].astype("float64") for field in FIELDS if field.kind == "number"}
    moments = pd.to_datetime(typed["as_of"]).astype("datetime64[us]")
    filled = typed.assign(**texts, **numbers, as_of=moments)
    return filled.assign(bucket_width=filled["bucket_width"].fillna(0.0))


def _of_hyperliquid(frame: pd.DataFrame) -> pd.DataFrame:
    """A liquidation map by leverage tier: buckets are named by their lower edge, their width is the map's grid."""
    names = {
        "snapshot_utc": "as_of", "coin": "symbol", "current_price": "mark_price", "leverage_tier": "tier",
        "position_value_usd": "notional_usd",
    }  # fmt: skip
    if "bucket_price" not in frame.columns or "coin" not in frame.columns:
        raise DataError(
            f"The liquidation map lacks bucket_price or coin; it has {', '.join(map(str, frame.columns))}. Export it "
            "again, or pass the file without 'hyperliquid:' if it is already in house columns."
        )
    edge = pd.to_numeric(frame["bucket_price"], errors="coerce")
    width = edge.groupby(frame["coin"]).transform(_grid)
    return frame.rename(columns=names).assign(
        liquidation_price=edge + width / 2, bucket_width=width, venue="hyperliquid"
    )


def _grid(edges: "pd.Series[float]") -> float:
    """Smallest step between the edges of one symbol [USD]; 0 where there is one edge only."""
    steps = pd.Series(sorted(set(edges.dropna()))).diff().dropna()
    return float(steps.min()) if len(steps) else 0.0


SCHEMES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {"hyperliquid": _of_hyperliquid}
