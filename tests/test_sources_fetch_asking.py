"""Opens envelopes and puts pages together on a local server."""

import pytest
from fault_server import Asked, fault_server
from fetch_support import connect_to

from cohortiv.errors import DataError, FetchError
from cohortiv.sources.fetch.asking import Asking, bybit_result, okx_data, paged


def test_answers_are_collected() -> None:
    """Several askings of one fetch share what was answered, in order."""
    with fault_server({"/a": lambda _: {"n": 1}, "/b": lambda _: {"n": 2}}) as server:
        answers = Asking(connect_to(server.url)("hyperliquid"), []).answers
        for path in ("/a", "/b"):
            Asking(connect_to(server.url)("hyperliquid"), answers).ask(path)
    assert [answer.body for answer in answers] == [{"n": 1}, {"n": 2}]


def test_only_what_is_private_is_signed() -> None:
    """A public question goes out without key and signature."""
    with fault_server({"/a": lambda _: {}}) as server:
        asking = Asking(connect_to(server.url)("hyperliquid"), [], lambda question: (question, {"X-Key": "k"}))
        asking.ask("/a")
        asking.ask("/a", signed=False)
    assert ["x-key" in request.headers for request in server.asked] == [True, False]


def test_envelopes_are_opened() -> None:
    """What is inside is given; one without it is told."""
    played = {"/b": lambda _: {"retCode": 0, "result": {"n": 1}}, "/o": lambda _: {"code": "0", "data": [{"n": 2}]}}
    with fault_server(played) as server:
        assert bybit_result(Asking(connect_to(server.url)("bybit"), []), "/b") == {"n": 1}
        assert okx_data(Asking(connect_to(server.url)("okx"), []), "/o") == [{"n": 2}]
        with pytest.raises(FetchError, match="retCode"):
            bybit_result(Asking(connect_to(server.url)("bybit"), []), "/o")


@pytest.mark.parametrize("inside", [None, "text", []])
def test_an_envelope_with_something_else_is_told(inside: object) -> None:
    """A result that is no object has another shape."""
    with (
        fault_server({"/b": lambda _: {"retCode": 0, "result": inside}}) as server,
        pytest.raises(DataError, match="without an object 'result'"),
    ):
        bybit_result(Asking(connect_to(server.url)("bybit"), []), "/b")


def test_pages_follow_their_cursor() -> None:
    """Each is asked with the one before it, until there is none."""

    def page(asked: Asked) -> object:
        at = int(asked.query.get("cursor", "0"))
        return {"retCode": 0, "result": {"list": [{"n": at}], "nextPageCursor": str(at + 1) if at < 2 else ""}}

    with fault_server({"/list": page}) as server:
        assert paged(Asking(connect_to(server.url)("bybit"), []), "/list", {"limit": 1}) == [
            {"n": 0},
            {"n": 1},
            {"n": 2},
        ]


def test_a_cursor_is_encoded_once() -> None:
    """Bybit gives it as it stands in an address, and it comes back as the venue made it."""

    def page(asked: Asked) -> object:
        ends = asked.query.get("cursor") == "page2:1,x"
        return {"retCode": 0, "result": {"list": [{"n": 1}], "nextPageCursor": "" if ends else "page2%3A1%2Cx"}}

    with fault_server({"/list": page}) as server:
        assert len(paged(Asking(connect_to(server.url)("bybit"), []), "/list", {})) == 2
