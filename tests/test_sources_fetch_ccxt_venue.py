"""Opens venues of ccxt's on a local server."""

import logging
import sys

import pytest
from fault_server import BROKEN, CUT, TOO_MANY, TRUNCATED, Fault, FaultServer, fault_server
from fetch_support import QUICK, GateRoutes

from cohortiv.errors import FetchError, UsageError
from cohortiv.sources.fetch.ccxt_venue import CcxtVenue, open_venue
from cohortiv.sources.fetch.keys import Key

KEY = Key("gate", "public-text", "secret-text")
MARKUP = Fault(change=lambda _: "<html>captcha</html>")


def gate(server: FaultServer) -> CcxtVenue:
    """Gate at a local address."""
    return open_venue("gate", key=KEY, url=server.url, pace=QUICK)


def test_without_ccxt_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The optional part of the package is named."""
    monkeypatch.setitem(sys.modules, "ccxt", None)
    with pytest.raises(UsageError, match=r"pip install 'cohortiv\[venues\]'"):
        open_venue("gate")


def test_an_unknown_venue_is_told() -> None:
    """The nearest name that ccxt knows is offered."""
    with pytest.raises(UsageError, match="did you mean kraken"):
        open_venue("krakken")


def test_what_a_venue_does_not_offer_is_said_before_anything_is_asked() -> None:
    """Gate has no history of long/short ratios in ccxt; what it has is listed."""
    with fault_server(GateRoutes()) as server, pytest.raises(UsageError, match="does not offer ratios") as caught:
        gate(server).refuse_missing("interest", "ratios")
    assert "positions, brackets, interest, funding, liquidations" in str(caught.value)
    assert server.asked == []


@pytest.mark.parametrize("fault", [TOO_MANY, BROKEN, TRUNCATED, CUT, MARKUP], ids=["429", "503", "half", "cut", "html"])
def test_a_passing_fault_is_survived(fault: Fault) -> None:
    """Half an answer is asked for again, and never taken for an empty one."""
    with fault_server(GateRoutes(), faults=[fault]) as server:
        assert gate(server).call("fetch_time") == 1705034300000


def test_a_clock_that_is_off_is_named_once_and_retries_are_told() -> None:
    """As for venues that are read without ccxt."""
    said: list[str] = []
    with fault_server(GateRoutes(), faults=[TOO_MANY], always=Fault(skew=3600.0)) as server:
        venue = open_venue("gate", key=KEY, url=server.url, pace=QUICK, say=said.append)
        for _ in range(2):
            venue.call("fetch_time")
    assert len(venue.notices) == 1
    assert "ahead of this machine's" in venue.notices[0]
    told = "gate does not answer fetch_time; asked again, attempt 2 of 3"
    assert [line for line in said if "asked again" in line] == [told]


@pytest.mark.parametrize("fault", [TOO_MANY, TRUNCATED, CUT], ids=["429", "half", "cut"])
def test_a_fault_that_stays_is_told(fault: Fault) -> None:
    """After its attempts the venue and the method are named, without address and secret."""
    with (
        fault_server(GateRoutes(), always=fault) as server,
        pytest.raises(FetchError, match="gate did not answer fetch_time") as caught,
    ):
        gate(server).call("fetch_time")
    assert len(server.asked) == QUICK.attempts
    assert not any(text in str(caught.value) for text in (*KEY.secrets, "://"))


def test_an_answer_of_another_shape_is_told() -> None:
    """What ccxt cannot read is an error in words, not one of Python's."""
    with fault_server(GateRoutes()) as server:
        venue = gate(server)
        venue.exchange.fetch_time = dict[str, int]().popitem
        with pytest.raises(FetchError, match=r"cannot read \(KeyError\)"):
            venue.call("fetch_time")


def test_requests_are_noted_without_their_query() -> None:
    """Addresses and digests are kept, no signature and no key."""
    with fault_server(GateRoutes()) as server:
        venue = gate(server)
        venue.call("fetch_positions")
    told = "".join(f"{answer.endpoint}{answer.parameters}" for answer in venue.answers)
    assert f"{server.url}/api/v4/futures/usdt/positions" in told
    assert not any(text in told for text in (*KEY.secrets, "?"))


def test_no_log_holds_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Headers, with the key in them, are not written for whoever asks for every detail."""
    caplog.set_level(logging.DEBUG)
    with fault_server(GateRoutes()) as server:
        gate(server).call("fetch_positions")
    assert not any(secret in caplog.text for secret in KEY.secrets)


def test_the_time_is_the_venue_s() -> None:
    """It dates the snapshot."""
    with fault_server(GateRoutes()) as server:
        assert gate(server).now().isoformat() == "2024-01-12T04:38:20"


def test_a_time_that_is_none_is_told() -> None:
    """In words, before it is reckoned with."""
    with fault_server(GateRoutes()) as server:
        venue = gate(server)
        venue.exchange.fetch_time = lambda: None
        with pytest.raises(FetchError, match="gate answered fetch_time with None, which is no time"):
            venue.now()
