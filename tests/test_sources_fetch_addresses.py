"""Addresses of venues, and refusals within their answers."""

import pytest

from cohortiv.errors import UsageError
from cohortiv.sources.fetch.addresses import HOSTS, connect
from cohortiv.sources.fetch.client import Trouble


def test_each_host_is_an_https_address() -> None:
    """Nothing is asked in the clear."""
    assert {address.partition("://")[0] for address in HOSTS.values()} == {"https"}


def test_a_host_is_asked_at_its_own_address() -> None:
    """Under the name of its venue."""
    client = connect("binance-coin", environment={})
    assert (client.venue, client.base_url) == ("binance", "https://dapi.binance.com")


def test_the_environment_moves_all_hosts_of_a_venue() -> None:
    """To a mirror or a test server, and no other venue's."""
    here = {"COHORTIV_BINANCE_URL": "http://127.0.0.1:9"}
    found = [connect(host, environment=here).base_url for host in ("binance", "binance-coin", "okx")]
    assert found == ["http://127.0.0.1:9", "http://127.0.0.1:9", HOSTS["okx"]]


def test_an_address_of_another_kind_is_refused() -> None:
    """The variable is named."""
    with pytest.raises(UsageError, match=r"COHORTIV_OKX_URL is 'file:///x'; allowed is an address that begins"):
        connect("okx", environment={"COHORTIV_OKX_URL": "file:///x"})


@pytest.mark.parametrize(
    ("host", "body", "expected"),
    [
        ("bybit", {"retCode": 0, "retMsg": "OK"}, None),
        ("bybit", {"retCode": 10006, "retMsg": "Too many"}, Trouble("retCode 10006: Too many", passes=True)),
        ("bybit", {"retCode": 10001, "retMsg": ""}, Trouble("retCode 10001: no words", passes=False)),
        ("okx", {"code": "0"}, None),
        ("okx", {"code": "50011", "msg": "Wait"}, Trouble("code 50011: Wait", passes=True)),
        ("okx", [], Trouble("code missing: no words", passes=False)),
        ("binance", {"code": -1121, "msg": "Invalid symbol."}, None),
    ],
)
def test_refusals_within_answers_are_found(host: str, body: object, expected: Trouble | None) -> None:
    """By the envelope of the venue; Binance refuses by status."""
    assert connect(host, environment={}).trouble(body) == expected
