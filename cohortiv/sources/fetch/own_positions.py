"""Positions of own accounts, asked for: first what the key may do, then positions and what they are joined with.

Addresses as documented in October 2025; none was asked from here but by tests on a local server.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cohortiv.errors import DataError
from cohortiv.sources.fetch import binance_account, bybit_account, hyperliquid_account, okx_account
from cohortiv.sources.fetch.answers import (
    ParsedPositions,
    Record,
    VenuePosition,
    Wallets,
    moment,
    nested,
    number,
    records,
    text,
)
from cohortiv.sources.fetch.asking import Asking, Connect, bybit_result, okx_data, paged
from cohortiv.sources.fetch.client import Answer
from cohortiv.sources.fetch.keys import Key, binance_signer, bybit_signer, okx_signer, refuse_rights
from cohortiv.sources.fetch.paging import Collected, collect

#: Rights of a Binance key that only read.
_READS: Final = frozenset({"enableReading", "enableFixReadOnly"})
#: How the venue says that a key has not a right; anything else is one.
_NOT_HELD: Final = frozenset({"false", "0"})
_LIST: Final = "/v5/position/list"


@dataclass(frozen=True)
class FetchedPositions:
    """Positions of one account on one venue, as fetched.

    Attributes
    ----------
    venue : str
    as_of : datetime
        The venue's own clock (UTC).
    parsed : ParsedPositions
    answers : tuple of Answer
        What they were made of, for the origin.
    rights : str
        What is known of the key.
    """

    venue: str
    as_of: datetime
    parsed: ParsedPositions
    answers: tuple[Answer, ...]
    rights: str


def binance_positions(key: Key, *, account: str, connect: Connect) -> FetchedPositions:
    """Positions of USD-M and COIN-M.

    Parameters
    ----------
    key : Key
        Read-only.
    account : str
        Account id of the rows.
    connect : callable
        Gives the client of a host, here and below.

    Raises
    ------
    UsageError
        If the key may do more than read, here and below.
    FetchError, DataError
        If the venue does not answer, or not as documented, here and below.
    """
    answers: list[Answer] = []
    rights, usd, coin = (
        Asking(connect(host), answers, binance_signer(key)) for host in ("binance-rights", "binance", "binance-coin")
    )
    told = refuse_rights("binance", _binance_rights(rights.ask("/sapi/v1/account/apiRestrictions")))
    clock = nested({"time": usd.ask("/fapi/v1/time", signed=False)}, "time", where="/fapi/v1/time")
    at = moment(clock.get("serverTime"))
    linear = binance_account.parse_usd_m(
        usd.ask("/fapi/v3/positionRisk"), config=usd.ask("/fapi/v1/symbolConfig"), account=account, at=at
    )
    sizes = binance_account.contract_sizes(_record(coin, "/dapi/v1/exchangeInfo", signed=False))
    inverse = binance_account.parse_coin_m(coin.ask("/dapi/v1/positionRisk"), sizes=sizes, account=account, at=at)
    crossed = [found for part in (linear, inverse) for found in part.positions if found.margin_mode == "cross"]
    pooled = text(_record(usd, "/fapi/v1/multiAssetsMargin").get("multiAssetsMargin")).lower() == "true"
    usd_wallets = binance_account.wallets_of(_record(usd, "/fapi/v3/account"), multi_asset=pooled, crossed=crossed)
    coin_wallets = binance_account.wallets_of(_record(coin, "/dapi/v1/account"), multi_asset=False)
    parsed = binance_account.joined([linear, inverse], _behind(crossed, usd_wallets, coin_wallets))
    return FetchedPositions("binance", at, parsed, tuple(answers), told)


def _behind(crossed: Iterable[VenuePosition], usd: Wallets, coin: Wallets) -> Wallets:
    """The wallet behind an account's cross positions: each kind of contract has its own, and both do not help."""
    contracts = {position.contract for position in crossed}
    return usd if contracts <= {"linear"} else coin if contracts == {"inverse"} else Wallets()


def bybit_positions(key: Key, *, account: str, connect: Connect) -> FetchedPositions:
    """Linear and inverse positions of a unified account; raises as `binance_positions`."""
    answers: list[Answer] = []
    asking = Asking(connect("bybit"), answers, bybit_signer(key))
    told = refuse_rights("bybit", _bybit_rights(bybit_result(asking, "/v5/user/query-api")))
    info = bybit_result(asking, "/v5/account/info")
    wallets = records(
        bybit_result(asking, "/v5/account/wallet-balance", {"accountType": "UNIFIED"}).get("list"),
        where="wallet-balance",
    )
    entries: list[Record] = []
    for query in ({"settleCoin": "USDT"}, {"settleCoin": "USDC"}):
        entries += paged(asking, _LIST, {"category": "linear", **query, "limit": 200})
    entries += paged(asking, _LIST, {"category": "inverse", "limit": 200})
    once = collect([entries], lambda entry: _identity(entry, "symbol", "side", "positionIdx"))
    at = moment(nested({"body": answers[-1].body}, "body", where="position/list").get("time"))
    parsed = bybit_account.parse_positions(
        list(once.rows), info=info, wallet=wallets[0] if wallets else {}, account=account, at=at
    )
    return FetchedPositions("bybit", at, _noted(parsed, once), tuple(answers), told)


def okx_positions(key: Key, *, account: str, connect: Connect) -> FetchedPositions:
    """Perpetuals and futures of an account; raises as `binance_positions`."""
    answers: list[Answer] = []
    asking = Asking(connect("okx"), answers, okx_signer(key))
    config = _first(okx_data(asking, "/api/v5/account/config"), where="account/config")
    told = refuse_rights("okx", _okx_rights(config))
    values: dict[str, float] = {}
    for kind in okx_account.KINDS:
        listed = okx_data(asking, "/api/v5/public/instruments", {"instType": kind}, signed=False)
        values |= okx_account.contract_values(listed)
    balance = _first(okx_data(asking, "/api/v5/account/balance"), where="account/balance")
    clock = _first(okx_data(asking, "/api/v5/public/time", signed=False), where="public/time")
    at = moment(clock.get("ts"))
    listed = okx_data(asking, "/api/v5/account/positions")
    once = collect([listed], lambda entry: _identity(entry, "instId", "posSide", "mgnMode", "ccy"))
    parsed = okx_account.parse_positions(
        list(once.rows), values=values, config=config, balance=balance, account=account, at=at
    )
    return FetchedPositions("okx", at, _noted(parsed, once), tuple(answers), told)


def hyperliquid_positions(addresses: Iterable[str], *, connect: Connect) -> FetchedPositions:
    """Positions of addresses, which are public: no key is asked for; raises as `binance_positions`."""
    client, answers = connect("hyperliquid"), list[Answer]()
    parts = []
    for address in dict.fromkeys(address.lower() for address in addresses):
        answers.append(client.ask("/info", post={"type": "clearinghouseState", "user": address}))
        state = nested({"state": answers[-1].body}, "state", where="clearinghouseState")
        parts.append(hyperliquid_account.parse_state(state, account=address))
    if not parts:
        raise DataError("No address of Hyperliquid is given; positions there are read by address. Name one or more.")
    times = [
        moment(nested({"state": answer.body}, "state", where="clearinghouseState").get("time")) for answer in answers
    ]
    positions = tuple(position for part in parts for position in part.positions)
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    parsed = ParsedPositions(positions, sum(part.flat for part in parts), notes)
    return FetchedPositions("hyperliquid", max(times), parsed, tuple(answers), "hyperliquid: read without a key")


def _noted(parsed: ParsedPositions, once: Collected[Record]) -> ParsedPositions:
    """With a word on entries that came twice: pages shift while they are read."""
    return ParsedPositions(parsed.positions, parsed.flat, (*parsed.notes, *once.notes("positions")))


def _identity(entry: Record, *names: str) -> tuple[str, ...]:
    """What tells one entry from another."""
    return tuple(text(entry.get(name)) for name in names)


def _first(listed: list[Record], *, where: str) -> Record:
    if listed:
        return listed[0]
    raise DataError(f"OKX {where} answered with an empty list; known is one entry. Fetch again.")


def _record(asking: Asking, path: str, *, signed: bool = True) -> Record:
    return nested({"body": asking.ask(path, signed=signed)}, "body", where=path)


def _binance_rights(answer: object) -> dict[str, bool]:
    """Rights of a Binance key beyond reading, by name; none where the venue does not tell."""
    if not isinstance(answer, Mapping) or "enableReading" not in answer:
        return {}
    named = [name for name in answer if name.startswith(("enable", "permits")) and name not in _READS]
    return {name: text(answer[name]).lower() not in _NOT_HELD for name in named}


def _bybit_rights(answer: Record) -> dict[str, bool]:
    """Whether a Bybit key may trade."""
    return {"trade (readOnly is not 1)": number(answer["readOnly"]) != 1} if "readOnly" in answer else {}


def _okx_rights(config: Record) -> dict[str, bool]:
    """Rights of an OKX key beyond reading."""
    words = [word.strip() for word in text(config.get("perm")).split(",") if word.strip()]
    return {word: word != "read_only" for word in words}
