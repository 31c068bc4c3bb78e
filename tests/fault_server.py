"""A server on 127.0.0.1 that plays recorded shapes of venues, faults included."""

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived: path, query, headers (lower case) and the JSON of a POST."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: object = None


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer.

    ``silent`` says nothing at all until the server ends. ``status`` other than 200 sends ``says`` in place of the
    answer; ``headers`` go with it. ``truncated`` ends the JSON
    half-way in a whole response, ``cut`` closes the connection half-way, ``change`` alters the JSON, and ``skew`` moves
    the server's clock [s].
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    says: str = '{"code": -1, "msg": "fault"}'
    truncated: bool = False
    cut: bool = False
    change: Callable[[object], object] | None = None
    skew: float = 0.0
    silent: bool = False


TOO_MANY = Fault(status=429, headers={"Retry-After": "0"}, says='{"code": -1003, "msg": "Too many requests."}')
BROKEN = Fault(status=503, headers={"Retry-After": "0"}, says="<html>Service Unavailable</html>")
HTML = Fault(change=lambda _: "<html>captcha</html>")
TRUNCATED = Fault(truncated=True)
CUT = Fault(cut=True)

Route = Callable[[Asked], object]
"""Answers a request with JSON; bytes are sent as they are."""


@dataclass(frozen=True)
class FaultServer:
    """A running server: where it is, what it was asked, and the faults that its next answers have."""

    url: str
    asked: list[Asked]
    faults: deque[Fault]

    def paths(self) -> list[str]:
        """Paths in the order in which they were asked for."""
        return [request.path for request in self.asked]


@contextmanager
def fault_server(
    routes: Mapping[str, Route], *, faults: Iterable[Fault] = (), always: Fault | None = None
) -> Iterator[FaultServer]:
    """Play ``routes`` by path; each of ``faults`` befalls one answer, in order, and ``always`` all that have none."""
    played, asked, ended = deque(faults), list[Asked](), Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._play()

        def do_POST(self) -> None:
            self._play()

        def _play(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            parts = urlsplit(self.path)
            request = Asked(
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(self.rfile.read(length)) if length else None,
            )
            asked.append(request)
            fault = played.popleft() if played else always or Fault()
            if fault.silent:
                ended.wait()
                return
            route = routes.get(request.path)
            if route is None:
                fault = Fault(status=404, says=f'{{"msg": "no route {request.path}"}}')
            if fault.status != 200 or route is None:
                self._send(fault, fault.says.encode())
                return
            answer = route(request)
            changed = fault.change(answer) if fault.change else answer
            self._send(fault, changed if isinstance(changed, bytes) else _text(changed).encode())

        def _send(self, fault: Fault, content: bytes) -> None:
            half = content[: len(content) // 2]
            sent = half if fault.truncated or fault.cut else content
            self.send_response_only(fault.status)
            moment = datetime.now(UTC) + timedelta(seconds=fault.skew)
            told = {"Date": format_datetime(moment, usegmt=True), "Content-Type": "application/json", **fault.headers}
            told["Content-Length"] = str(len(content if fault.cut else sent))
            for name, value in told.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    near = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    try:
        with patch.dict(os.environ, near):
            yield FaultServer(f"http://127.0.0.1:{server.server_port}", asked, played)
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _text(answer: object) -> str:
    """JSON of an answer; text that is markup stays as it is."""
    return answer if isinstance(answer, str) and answer.startswith("<") else json.dumps(answer)
