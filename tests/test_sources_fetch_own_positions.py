"""Fetches positions from a local server that plays frozen answers, faults included."""

from collections.abc import Callable
from typing import Any

import pytest
from fault_server import BROKEN, CUT, TOO_MANY, TRUNCATED, Fault, fault_server
from fetch_support import connect_to, routes, specimen

from cohortiv.errors import DataError, FetchError, UsageError
from cohortiv.sources.fetch.asking import Connect
from cohortiv.sources.fetch.keys import Key
from cohortiv.sources.fetch.own_positions import (
    FetchedPositions,
    binance_positions,
    bybit_positions,
    hyperliquid_positions,
    okx_positions,
)

KEY = Key("a venue", "public-text", "secret-text", "phrase-text")
Fetch = Callable[..., FetchedPositions]


def hyperliquid(_: Key, *, account: str, connect: Connect) -> FetchedPositions:
    """One address, under the signature of the others."""
    return hyperliquid_positions([account], connect=connect)


FETCHES: dict[str, Fetch] = {
    "binance": binance_positions, "bybit": bybit_positions, "okx": okx_positions, "hyperliquid": hyperliquid,
}  # fmt: skip
HELD = {
    "binance": {("WLD", "long"), ("PEPE", "short"), ("BTC", "long")},
    "bybit": {("XRP", "long"), ("ETH", "long"), ("BTC", "short")},
    "okx": {("BTC", "long"), ("BTC", "short")},
    "hyperliquid": {("ETH", "long"), ("BTC", "long"), ("PEPE", "short")},
}


def fetched(venue: str, *faults: Fault, **changed: object) -> FetchedPositions:
    """Positions as the local server plays them."""
    with fault_server(routes(venue, **changed), faults=faults) as server:
        return FETCHES[venue](KEY, account="a", connect=connect_to(server.url, secrets=KEY.secrets))


@pytest.mark.parametrize("venue", FETCHES)
def test_all_positions_of_a_venue_are_fetched(venue: str) -> None:
    """Each position of the specimen comes once."""
    found = fetched(venue).parsed.positions
    assert {(held.symbol, held.side) for held in found} == HELD[venue]
    assert len(found) == len(HELD[venue])


@pytest.mark.parametrize("venue", FETCHES)
def test_faults_change_nothing(venue: str) -> None:
    """After refusals, a server in trouble, half an answer and a cut connection the same positions are there."""
    faults = [TOO_MANY, Fault(), BROKEN, Fault(), TRUNCATED, Fault(), CUT]
    assert fetched(venue, *faults).parsed == fetched(venue).parsed


def test_entries_on_two_pages_count_once() -> None:
    """The specimen repeats a position on the second page."""
    assert "1 row(s) of positions came twice and count once" in fetched("bybit").parsed.notes


def test_pages_without_an_end_are_told() -> None:
    """A cursor that repeats itself ends the fetch with an error."""
    page = {"retCode": 0, "result": {"list": [{"symbol": "X"}], "nextPageCursor": "same"}, "time": 1}
    with (
        fault_server({**routes("bybit"), "/v5/position/list": lambda _: page}) as server,
        pytest.raises(DataError, match="don't end"),
    ):
        bybit_positions(KEY, account="a", connect=connect_to(server.url))


@pytest.mark.parametrize(
    ("venue", "path", "field", "value", "named"),
    [
        ("binance", "sapi__v1__account__apiRestrictions", "enableFutures", True, "enableFutures"),
        ("binance", "sapi__v1__account__apiRestrictions", "enableWithdrawals", "true", "enableWithdrawals"),
        ("binance", "sapi__v1__account__apiRestrictions", "enableWithdrawals", 1, "enableWithdrawals"),
        ("binance", "sapi__v1__account__apiRestrictions", "enableFutures", None, "enableFutures"),
        (
            "binance",
            "sapi__v1__account__apiRestrictions",
            "permitsUniversalTransfer",
            "yes",
            "permitsUniversalTransfer",
        ),
        ("bybit", "v5__user__query-api", "readOnly", 0, "trade"),
        ("okx", "api__v5__account__config", "perm", "read_only,trade", "trade"),
    ],
)
def test_a_key_with_rights_is_refused_before_positions_are_asked(
    venue: str, path: str, field: str, value: object, named: str
) -> None:
    """The first answer decides, and nothing else is asked for."""
    answer = specimen(venue)[f"/{path.replace('__', '/')}"]
    inner = {"bybit": lambda: answer["result"], "okx": lambda: answer["data"][0]}.get(venue, lambda: answer)()
    inner[field] = value
    with fault_server(routes(venue, **{path: answer})) as server, pytest.raises(UsageError, match=named):
        FETCHES[venue](KEY, account="a", connect=connect_to(server.url))
    assert len(server.asked) == 1


def test_rights_that_are_not_told_are_said_to_be_unchecked() -> None:
    """Without the fields of the rights the positions come, with a word on it."""
    found = fetched("binance", sapi__v1__account__apiRestrictions={"msg": "not here"})
    assert "were not checked" in found.rights


def test_an_error_in_an_envelope_is_told_without_secrets() -> None:
    """What the venue repeats of the key stands in no error."""
    answer = {"retCode": 10003, "retMsg": "API key public-text is invalid."}
    with pytest.raises(FetchError, match=r"retCode 10003: API key \*\*\* is invalid") as caught:
        fetched("bybit", **{"v5__user__query-api": answer})
    assert "public-text" not in str(caught.value)


def test_an_envelope_that_passes_is_asked_again() -> None:
    """Too many requests come with status 200 on Bybit."""
    answers = iter([{"retCode": 10006, "retMsg": "Too many visits!"}])
    whole = specimen("bybit")["/v5/account/info"]
    played = {**routes("bybit"), "/v5/account/info": lambda _: next(answers, whole)}
    with fault_server(played) as server:
        found = bybit_positions(KEY, account="a", connect=connect_to(server.url))
    assert len(found.parsed.positions) == 3
    assert server.paths().count("/v5/account/info") == 2


@pytest.mark.parametrize("venue", ["binance", "bybit", "okx"])
def test_the_origin_holds_no_secret(venue: str) -> None:
    """Neither key, signature nor passphrase is in what is kept of the requests."""
    told = "".join(f"{answer.endpoint}{answer.parameters}" for answer in fetched(venue).answers)
    assert not any(secret in told for secret in (*KEY.secrets, "signature", "timestamp"))


def test_an_address_that_is_given_twice_counts_once() -> None:
    """However its letters are written."""
    with fault_server(routes("hyperliquid")) as server:
        found = hyperliquid_positions(["0xAb", "0xab", "0xAB"], connect=connect_to(server.url))
    assert len(found.parsed.positions) == len(HELD["hyperliquid"])
    assert {held.account_id for held in found.parsed.positions} == {"0xab"}


def test_the_wallet_of_a_coin_is_that_of_its_own_contracts() -> None:
    """USD-M lists bitcoin among its assets too; that of COIN-M stands behind the coin-margined position."""
    assets = specimen("binance")["/fapi/v3/account"]
    assets["assets"] = [*assets["assets"], {"asset": "BTC", "crossWalletBalance": "0.0"}]
    coin = specimen("binance")["/dapi/v1/account"]
    coin["assets"] = [{"asset": "BTC", "crossWalletBalance": "1.5"}]
    inverse = [{**row, "marginType": "cross"} for row in specimen("binance")["/dapi/v1/positionRisk"]]
    found = fetched(
        "binance", fapi__v3__positionRisk=[], fapi__v3__account=assets, dapi__v1__account=coin,
        dapi__v1__positionRisk=inverse,
    ).parsed.positions  # fmt: skip
    assert [(held.contract, held.margin) for held in found] == [("inverse", 1.5)]
    both = fetched("binance", fapi__v3__account=assets, dapi__v1__account=coin, dapi__v1__positionRisk=inverse).parsed
    assert {held.margin for held in both.positions if held.margin_mode == "cross"} == {None}


@pytest.mark.parametrize(
    ("venue", "path", "change"),
    [
        ("binance", "fapi__v1__symbolConfig", lambda rows: [{**row, "marginType": 1} for row in rows]),
        ("binance", "dapi__v1__positionRisk", lambda rows: [{**row, "marginType": "FOO"} for row in rows]),
        ("bybit", "v5__account__info", lambda body: {**body, "result": {**body["result"], "marginMode": ""}}),
        ("okx", "api__v5__account__positions", lambda body: {
            **body, "data": [{**row, "mgnMode": ""} for row in body["data"]]
        }),
    ],
)  # fmt: skip
def test_a_margin_mode_that_is_no_known_word_is_not_guessed(
    venue: str, path: str, change: Callable[[Any], object]
) -> None:
    """An isolated position that was taken for a cross one would stand on the whole wallet."""
    frozen = specimen(venue)[f"/{path.replace('__', '/')}"]
    found = fetched(venue, **{path: change(frozen)}).parsed.positions
    assert any(held.margin_mode not in {"isolated", "cross"} and held.margin is None for held in found)


def test_addresses_are_needed() -> None:
    """Hyperliquid is read by address, and without one nothing is asked."""
    with pytest.raises(DataError, match="No address"):
        hyperliquid_positions([], connect=connect_to("http://127.0.0.1:1"))
