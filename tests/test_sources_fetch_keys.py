"""Reads keys, judges their rights and holds signatures against the venues' published ones."""

from datetime import UTC, datetime
from importlib import import_module

import pytest

from cohortiv.errors import UsageError
from cohortiv.sources.fetch.client import Question
from cohortiv.sources.fetch.keys import (
    Key,
    binance_signer,
    bybit_signer,
    okx_signer,
    read_key,
    refuse_rights,
    variables,
)

KEY = Key("a venue", "publicpublic", "secretsecret", "phrase")
AT = datetime.fromtimestamp(1700000000.123, tz=UTC)


def test_a_key_comes_from_the_environment() -> None:
    """Blanks around it are dropped."""
    found = read_key("okx", passphrase=True, environment=dict.fromkeys(variables("okx", passphrase=True), " abc "))
    assert found.secrets == ("abc", "abc", "abc")


def test_missing_variables_are_named() -> None:
    """The error names what is absent and shows nothing of what is there."""
    with pytest.raises(UsageError, match="lacks COHORTIV_BYBIT_SECRET") as caught:
        read_key("bybit", environment={"COHORTIV_BYBIT_KEY": "visible"})
    assert "visible" not in str(caught.value)


def test_a_key_does_not_show_itself() -> None:
    """Neither its text nor its secret is in its representation."""
    assert not any(secret in repr(KEY) for secret in KEY.secrets)


def test_a_key_that_may_trade_is_refused() -> None:
    """Each right beyond reading is named."""
    with pytest.raises(UsageError, match="more rights than to read: enableFutures, permitsUniversalTransfer"):
        refuse_rights("binance", {"enableFutures": True, "enableMargin": False, "permitsUniversalTransfer": True})


def test_a_key_that_only_reads_passes() -> None:
    """That the venue says so is passed on."""
    assert refuse_rights("okx", {"read_only": False}) == "okx: the key only reads, as the venue says"


def test_a_venue_that_does_not_tell_is_named() -> None:
    """Then the rights were not checked, and that is said."""
    assert "were not checked" in refuse_rights("a venue", {})


def test_binance_signature_is_the_documented_one() -> None:
    """Query, secret and signature are the example of Binance's documentation of signed endpoints."""
    key = Key(
        "binance",
        "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
        "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
    )
    query = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    at = datetime.fromtimestamp(1499827319.559, tz=UTC)
    signed, headers = binance_signer(key, clock=lambda: at)(Question("/api/v3/order", query))
    assert signed.query.endswith("&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71")
    assert headers == {"X-MBX-APIKEY": key.key}


@pytest.mark.parametrize(
    ("name", "path", "prefix"), [("bybit", "v5/position/list", "/"), ("okx", "account/positions", "/api/v5/")]
)
def test_signed_headers_are_those_of_ccxt(name: str, path: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that signs for a hundred venues sends the same headers at the same time."""
    venue = getattr(import_module("ccxt"), name)({"apiKey": KEY.key, "secret": KEY.secret, "password": KEY.passphrase})
    monkeypatch.setattr(venue, "milliseconds", lambda: 1700000000123)
    monkeypatch.setattr(venue, "nonce", lambda: 1700000000123)
    theirs = venue.sign(path, ["private"], "GET", {"instType": "SWAP"})
    signer = {"bybit": bybit_signer, "okx": okx_signer}[name]
    _, ours = signer(KEY, clock=lambda: AT)(Question(prefix + path, "instType=SWAP"))
    assert {header: theirs["headers"][header] for header in ours} == ours
