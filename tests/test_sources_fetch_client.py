"""Asks a local server that plays faults."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from fault_server import BROKEN, CUT, HTML, TOO_MANY, TRUNCATED, Asked, Fault, fault_server

from cohortiv.errors import FetchError
from cohortiv.sources.fetch.client import Headers, Pace, Question, Sign, VenueClient

QUICK = Pace(per_second=1e6, attempts=3, timeout_seconds=5)
ROUTES = {"/time": lambda request: {"asked": request.query, "posted": request.body}}


def client(url: str, *, waits: list[float] | None = None, secrets: tuple[str, ...] = ()) -> VenueClient:
    """A client that notes its waits and does not wait."""
    noted = [] if waits is None else waits
    return VenueClient("a venue", url, pace=QUICK, secrets=secrets, sleep=noted.append)


def test_an_answer_comes_with_its_origin() -> None:
    """Body, parameters, address and the digest of its bytes are told."""
    with fault_server(ROUTES) as server:
        answer = client(server.url).ask("/time", {"symbol": "BTCUSDT", "limit": 2})
    assert answer.body == {"asked": {"symbol": "BTCUSDT", "limit": "2"}, "posted": None}
    assert (answer.endpoint, answer.parameters) == (f"{server.url}/time", {"symbol": "BTCUSDT", "limit": 2})
    assert len(answer.sha256) == 64


def test_a_body_is_posted_as_json() -> None:
    """A POST carries its JSON, which is part of the recorded parameters."""
    with fault_server(ROUTES) as server:
        answer = client(server.url).ask("/time", post={"type": "meta"})
    assert answer.body == {"asked": {}, "posted": {"type": "meta"}}
    assert answer.parameters == {"body": '{"type": "meta"}'}


@pytest.mark.parametrize("fault", [TOO_MANY, BROKEN, TRUNCATED, CUT, HTML], ids=["429", "503", "half", "cut", "html"])
def test_a_passing_fault_is_survived(fault: Fault) -> None:
    """After one fault the same request is sent again, and its answer is whole."""
    with fault_server(ROUTES, faults=[fault]) as server:
        answer = client(server.url).ask("/time")
    assert answer.body == {"asked": {}, "posted": None}
    assert server.paths() == ["/time", "/time"]


@pytest.mark.parametrize("fault", [TOO_MANY, BROKEN, TRUNCATED, CUT, HTML], ids=["429", "503", "half", "cut", "html"])
def test_a_fault_that_stays_is_told_after_the_attempts(fault: Fault) -> None:
    """The error names the venue, the address and how often it was asked."""
    with fault_server(ROUTES, always=fault) as server, pytest.raises(FetchError, match="a venue did not answer /time"):
        client(server.url).ask("/time")
    assert len(server.asked) == QUICK.attempts


def test_nobody_there_is_told() -> None:
    """A connection that is refused is an error in words."""
    with fault_server(ROUTES) as gone:
        pass
    with fault_server(ROUTES), pytest.raises(FetchError, match="the connection failed"):
        client(gone.url).ask("/time")


def test_the_wait_that_a_venue_asks_for_is_kept() -> None:
    """Retry-After of 7 s is waited, whatever the pace says."""
    waits: list[float] = []
    with fault_server(ROUTES, faults=[Fault(status=429, headers={"Retry-After": "7"})]) as server:
        client(server.url, waits=waits).ask("/time")
    assert 7.0 in waits


def test_a_wait_may_be_a_date() -> None:
    """Retry-After as a date half a minute from now is waited to within its second."""
    waits: list[float] = []
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    with fault_server(ROUTES, faults=[Fault(status=503, headers={"Retry-After": when})]) as server:
        client(server.url, waits=waits).ask("/time")
    assert max(waits) == pytest.approx(30, abs=3)


def test_a_ban_is_not_waited_for() -> None:
    """A venue that wants hours is asked no more, and the error says how long."""
    with (
        fault_server(ROUTES, always=Fault(status=418, headers={"Retry-After": "7200"})) as server,
        pytest.raises(FetchError, match="for 7,200 s"),
    ):
        client(server.url).ask("/time")
    assert len(server.asked) == 1


def test_waits_double_and_are_random() -> None:
    """Without Retry-After the second wait is between one and two times the first limit's half and whole."""
    waits: list[float] = []
    with fault_server(ROUTES, faults=[Fault(status=500), Fault(status=500)]) as server:
        client(server.url, waits=waits).ask("/time")
    first, second = (wait for wait in waits if wait > 0.1)
    assert 0.5 <= first <= 1 <= second <= 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 451, 302])
def test_what_does_not_pass_is_not_asked_again(status: int) -> None:
    """A refusal is told with the venue's words after one request; a redirection is not followed."""
    fault = Fault(status=status, headers={"Location": "/time"}, says='{"msg": "Invalid symbol."}')
    with (
        fault_server(ROUTES, always=fault) as server,
        pytest.raises(FetchError, match=rf"status {status}: .*Invalid symbol"),
    ):
        client(server.url).ask("/time")
    assert len(server.asked) == 1


def test_a_venue_that_repeats_a_secret_does_not_print_it() -> None:
    """A key in the venue's words is starred in the error, and the signed query is not in it."""

    def sign(question: Question) -> tuple[Question, Headers]:
        return Question(question.path, "signature=s3cr3t-signature"), {"X-KEY": "k3y-of-mine"}

    fault = Fault(status=401, says='{"msg": "bad key k3y-of-mine"}')
    with fault_server(ROUTES, always=fault) as server, pytest.raises(FetchError) as caught:
        client(server.url, secrets=("k3y-of-mine",)).ask("/time", sign=sign)
    assert "bad key ***" in str(caught.value)
    assert "signature" not in str(caught.value)
    assert server.asked[0].headers["x-key"] == "k3y-of-mine"


def test_a_connection_error_prints_no_query() -> None:
    """What the library says of a failed connection holds the signed address, and is not passed on."""
    with fault_server(ROUTES) as gone:
        pass
    with fault_server(ROUTES), pytest.raises(FetchError) as caught:
        client(gone.url).ask("/time", sign=lambda question: (Question(question.path, "signature=s3cr3t"), {}))
    assert "s3cr3t" not in str(caught.value)


def test_each_attempt_is_signed_anew() -> None:
    """A signature holds the time, so a second attempt has its own."""
    times = iter(("1", "2"))

    def sign(question: Question) -> tuple[Question, Headers]:
        return Question(question.path, f"timestamp={next(times)}"), {}

    with fault_server(ROUTES, faults=[TOO_MANY]) as server:
        client(server.url).ask("/time", sign=sign)
    assert [request.query["timestamp"] for request in server.asked] == ["1", "2"]


@pytest.mark.parametrize(("skew", "told"), [(90.0, "ahead of"), (-3600.0, "behind"), (30.0, None)])
def test_a_clock_that_is_off_is_named(skew: float, told: str | None) -> None:
    """More than a minute is told once, in which direction; less is not."""
    with fault_server(ROUTES, always=Fault(skew=skew)) as server:
        asking = client(server.url)
        asking.ask("/time")
        asking.ask("/time")
    assert [told in notice for notice in asking.notices if told] == ([True] if told else [])
    assert len(asking.notices) == (told is not None)


def test_requests_keep_their_distance() -> None:
    """Ten in a second leaves about a tenth of one between two requests."""
    waits: list[float] = []
    with fault_server(ROUTES) as server:
        slow = VenueClient("a venue", server.url, pace=Pace(per_second=10), sleep=waits.append)
        slow.ask("/time")
        slow.ask("/time")
    assert len(waits) == 1
    assert 0 < waits[0] <= 0.1


def test_a_password_in_the_address_is_not_recorded() -> None:
    """A mirror that wants one is asked with it, and the origin names the mirror alone."""
    with fault_server(ROUTES) as server:
        answer = client(server.url.replace("://", "://me:s3cret@")).ask("/time")
    assert answer.endpoint == f"{server.url}/time"
    assert "authorization" in server.asked[0].headers


def test_a_silent_venue_is_told() -> None:
    """A connection that says nothing for longer than the pace allows counts as failed."""
    pace = Pace(per_second=1e6, attempts=2, timeout_seconds=0.05)
    with fault_server(ROUTES, always=Fault(silent=True)) as server, pytest.raises(FetchError, match="ReadTimeout"):
        VenueClient("a venue", server.url, pace=pace, sleep=lambda _: None).ask("/time")
    assert len(server.asked) == 2


def test_an_address_that_is_none_is_refused() -> None:
    """A base address without a protocol is told as got and allowed."""
    with pytest.raises(FetchError, match="'fapi', which is none"):
        client("fapi").ask("/time")


def test_the_server_answers_only_its_routes() -> None:
    """A path that nobody plays is a 404, so that a test does not pass on silence."""
    with fault_server(ROUTES) as server, pytest.raises(FetchError, match="status 404"):
        client(server.url).ask("/other")
    assert server.asked == [Asked("/other", {}, server.asked[0].headers)]


def test_what_was_cut_of_an_answer_is_not_shown() -> None:
    """It may be an account's; a page in place of an answer is no secret, and says what is wrong."""
    routes = {"/time": lambda _: {"accountValue": "123456.7", "more": "x" * 200}}
    with (
        fault_server(routes, always=TRUNCATED) as server,
        pytest.raises(FetchError, match=r"but \d+ bytes of it") as cut,
    ):
        client(server.url).ask("/time")
    assert "123456" not in str(cut.value)
    page = Fault(says="<html>captcha</html>", status=200, change=lambda _: b"<html>captcha</html>")
    with fault_server(routes, always=page) as server, pytest.raises(FetchError, match="begins with '<html>captcha"):
        client(server.url).ask("/time")


@pytest.mark.parametrize(("skew", "said"), [(20.0, "is (19|20) s ahead of"), (-40.0, "is 4[01] s behind"), (1.0, "")])
def test_a_refusal_names_clocks_that_differ(skew: float, said: str) -> None:
    """A venue that wants its own time within five seconds refuses in other words."""
    fault = Fault(status=400, says='{"code": -1021, "msg": "Timestamp is outside of the recvWindow."}', skew=skew)
    with fault_server(ROUTES, always=fault) as server, pytest.raises(FetchError) as caught:
        client(server.url).ask("/time", sign=lambda question: (question, {}))
    assert re.search(said, str(caught.value))
    assert ("set this one first" in str(caught.value)) == bool(said)


@pytest.mark.parametrize("signed", [True, False])
def test_a_refusal_says_what_to_check(signed: bool) -> None:  # noqa: FBT001 - a case
    """Of a signed request the key, of another one its symbol and time."""
    fault = Fault(status=400, says='{"code": -1022, "msg": "Signature for this request is not valid."}')
    sign: Sign | None = (lambda question: (question, {})) if signed else None
    with fault_server(ROUTES, always=fault) as server, pytest.raises(FetchError) as caught:
        client(server.url).ask("/time", sign=sign)
    assert ("Check the key and the secret" in str(caught.value)) == signed
    assert ("Check the symbol and the time" in str(caught.value)) != signed
