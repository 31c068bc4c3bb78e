"""What venues answer about positions, field by field, and the position table that it becomes."""

import hashlib
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

import pandas as pd

from cohortiv.errors import DataError
from cohortiv.schema import POSITION_COLUMNS

Record = Mapping[str, object]
#: Account id of positions fetched with own keys, where none is given.
OWN: Final = "own"
#: A notional that differs by more than this share from size times mark is in other units [1].
UNIT_TOLERANCE: Final = 0.02
#: Fields of an answer that a message names.
_SHOWN: Final = 6
#: Times of answers lie between 2010 and 2100 [ms]; seconds and microseconds lie outside.
_EARLIEST, _LATEST = 1.2623e12, 4.1025e12


@dataclass(frozen=True, kw_only=True)
class VenuePosition:
    """One position in house words, as in `schema.POSITION_COLUMNS`; NaN where a venue gives no number.

    Attributes
    ----------
    account_id, symbol, instrument, side, venue, product, contract, margin_mode, collateral_asset : str
    quantity, entry_price, mark_price, leverage : float
        NaN breaks the rule of its column when the table is read: the row is excluded and counted.
    margin, liquidation_price : float or None
    collateral_price : float or None
    liquidation_price_known : bool
    as_of : datetime
        UTC.
    """

    account_id: str
    venue: str
    symbol: str
    instrument: str
    side: str
    quantity: float
    entry_price: float
    mark_price: float
    leverage: float
    product: str = "perpetual"
    contract: str = "linear"
    margin_mode: str
    margin: float | None = None
    collateral_asset: str = "USDT"
    collateral_price: float | None = None
    liquidation_price: float | None = None
    liquidation_price_known: bool = False
    as_of: datetime


@dataclass(frozen=True)
class ParsedPositions:
    """Positions of one answer, and what of it is not among them.

    Attributes
    ----------
    positions : tuple of VenuePosition
    flat : int
        Entries without a size: instruments that an account does not hold.
    notes : tuple of str
        What a reader of the data should know.
    """

    positions: tuple[VenuePosition, ...]
    flat: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wallets:
    """Balances behind an account's cross positions.

    Attributes
    ----------
    by_asset : mapping of str to float
        Wallet balance without unrealised profit, by collateral asset [units of the asset].
    pooled : str
        Asset that one common balance is counted in, such as USD; empty where each asset stands for its own positions.
    """

    by_asset: Mapping[str, float] = field(default_factory=dict)
    pooled: str = ""


def number(value: object) -> float:
    """A number of an answer, whether it comes as a number or as text; NaN for null, blank, words and infinities."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return math.nan
    return found if math.isfinite(found) else math.nan


def optional(value: object) -> float | None:
    """A number that may be absent: None where it is no number."""
    found = number(value)
    return None if math.isnan(found) else found


def line(value: object) -> float | None:
    """A liquidation price: venues write 0 or nothing where there is none."""
    found = optional(value)
    return found if found is not None and found > 0 else None


def stated(entry: Record, key: str, *, none: Callable[[object], bool]) -> bool:
    """Whether an answer tells of a line: that there is one, or in the venue's own way that there is none.

    Parameters
    ----------
    entry : mapping
    key : str
        Field of the line.
    none : callable
        Whether a value is the venue's own way to say that there is none; anything else that is no price is not known.
    """
    return line(entry.get(key)) is not None or (key in entry and none(entry[key]))


def margin_mode(word: str, *, cross: Collection[str] = ("cross",)) -> str:
    """Isolated or cross, by a venue's word; any other word as it is, so that the row is excluded and counted.

    Parameters
    ----------
    word : str
    cross : collection of str
        What the venue calls cross.
    """
    return "cross" if word in cross else word if word == "isolated" else word or "not told"


def account_name(addresses: Sequence[str]) -> str:
    """What an account is kept as that has no name: `OWN`, or a name of its addresses that tells none of them.

    Parameters
    ----------
    addresses : sequence of str
        Of an account that is read by address; case and order make no other account.
    """
    told = " ".join(sorted({address.lower() for address in addresses}))
    return f"of-{hashlib.sha256(told.encode()).hexdigest()[:12]}" if told else OWN


def text(value: object) -> str:
    """A word of an answer; empty where it is null."""
    return "" if value is None else str(value).strip()


def records(answer: object, *, where: str) -> list[Record]:
    """The objects of a list.

    Parameters
    ----------
    answer : object
        Parsed JSON.
    where : str
        Endpoint, for messages.

    Raises
    ------
    DataError
        If it is no list of objects: the venue has changed its answer, or it is an error in disguise.
    """
    if isinstance(answer, list) and all(isinstance(item, Mapping) for item in answer):
        return answer
    raise DataError(
        f"{where} answered {_form(answer)}; known is a list of objects. The venue may have changed its "
        "answer: export the positions by hand, or wait for a version that knows it."
    )


def nested(record: object, name: str, *, where: str) -> Record:
    """An object within an object; DataError as for `records`."""
    found = record.get(name) if isinstance(record, Mapping) else None
    if isinstance(found, Mapping):
        return found
    raise DataError(
        f"{where} answered {_form(record)}, without an object {name!r}. The venue may have changed its answer: "
        "export the positions by hand, or wait for a version that knows it."
    )


def _form(answer: object) -> str:
    """What an answer is, by its form and the names of its fields: values may be keys and accounts."""
    if isinstance(answer, Mapping):
        names = ", ".join(map(str, list(answer)[:_SHOWN]))
        return f"an object with the fields {names}" if names else "an empty object"
    return "a list" if isinstance(answer, list) else "nothing" if answer is None else "a text or a number"


def moment(milliseconds: object) -> datetime:
    """UTC time of an answer, without zone; DataError where it is none, or is counted in other units."""
    found = number(milliseconds)
    if not _EARLIEST <= found < _LATEST:
        raise DataError(
            f"An answer is dated {milliseconds!r}; known are milliseconds since 1970. Fetch again, or export by hand."
        )
    return datetime.fromtimestamp(found / 1000, tz=UTC).replace(tzinfo=None)


def with_wallets(positions: Sequence[VenuePosition], wallets: Wallets) -> tuple[VenuePosition, ...]:
    """Cross positions of one account with its wallet balance.

    Parameters
    ----------
    positions : sequence of VenuePosition
        Of one account.
    wallets : Wallets

    Returns
    -------
    tuple of VenuePosition
        The balance is the margin of the first cross row, and the others have 0, as the table adds them up. Where the
        cross rows stand on several balances that do not help each other, none has a margin: the position table knows
        one balance an account and venue, and the venue's own lines then serve. So it is of a balance that is not known
        or below 0, which the table has no margin for.
    """
    crossed = [position for position in positions if position.margin_mode == "cross"]
    assets = {wallets.pooled} if wallets.pooled else {position.collateral_asset for position in crossed}
    asset = assets.pop() if len(assets) == 1 else ""
    balance = wallets.by_asset.get(asset, math.nan)
    first = next(iter(crossed), None)
    return tuple(
        replace(
            position,
            margin=None if not balance >= 0 else balance if position is first else 0.0,
            collateral_asset=asset if wallets.pooled else position.collateral_asset,
        )
        if position.margin_mode == "cross" else position
        for position in positions
    )  # fmt: skip


def units_checked(
    positions: Sequence[VenuePosition], stated: Sequence[float]
) -> tuple[tuple[VenuePosition, ...], tuple[str, ...]]:
    """Positions whose notional is what the venue states; of the others units are mixed, and they lose their quantity.

    Parameters
    ----------
    positions : sequence of VenuePosition
    stated : sequence of float
        Notional of each as the venue states it [USD]; NaN where it does not, and nothing is compared.

    Returns
    -------
    tuple of tuple of VenuePosition and tuple of str
        Without a quantity a row is excluded and counted when the table is read. And a sentence that names them.
    """
    kept, off = [], []
    for position, told in zip(positions, stated, strict=True):
        worth = position.quantity * (1.0 if position.contract == "inverse" else position.mark_price)
        is_off = abs(abs(told) - worth) > UNIT_TOLERANCE * worth
        kept.append(replace(position, quantity=math.nan) if is_off else position)
        off += [position.instrument] if is_off else []
    note = f"the notional stated is not size times mark, so units may be mixed, of {', '.join(off)}: excluded"
    return tuple(kept), (note,) if off else ()


def position_frame(positions: Iterable[VenuePosition]) -> pd.DataFrame:
    """The position table, in the order of the contract; with no row it has its columns all the same."""
    names = [column.name for column in POSITION_COLUMNS if column.name in VenuePosition.__dataclass_fields__]
    frame = pd.DataFrame([asdict(position) for position in positions], columns=names)
    kinds = {column.name: _KINDS[column.kind] for column in POSITION_COLUMNS if column.name in names}
    return frame.astype(kinds)


_KINDS: Final = {"text": "str", "number": "float64", "flag": "bool", "time": "datetime64[us]"}


def two_names(positions: Iterable[VenuePosition]) -> Iterator[str]:
    """Symbols that come under several names, each in a sentence."""
    named: dict[str, set[str]] = {}
    for position in positions:
        named.setdefault(position.symbol, set()).add(position.instrument)
    for symbol, names in sorted(named.items()):
        if len(names) > 1:
            yield f"{symbol} stands for {', '.join(sorted(names))}"
