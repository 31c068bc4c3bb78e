"""Frozen answers of venues as routes of the local server, and clients that ask it without waiting."""

import json
from pathlib import Path
from typing import Any

from fault_server import Asked, Route

from cohortiv.sources.fetch.addresses import connect
from cohortiv.sources.fetch.asking import Connect
from cohortiv.sources.fetch.client import Pace

FIXTURES = Path(__file__).resolve().parent / "fixtures"
QUICK = Pace(per_second=1e6, attempts=3, first_wait_seconds=0.001, timeout_seconds=5)


def specimen(venue: str, name: str = "account") -> Any:  # noqa: ANN401 - JSON of a venue
    """Frozen answers of a venue: JSON by endpoint, those of one endpoint told apart by part of their query."""
    return json.loads((FIXTURES / venue / f"{name}.json").read_text(encoding="utf-8"))


def routes(venue: str, **changed: object) -> dict[str, Route]:
    """Routes that play a venue's specimen; ``changed`` replaces answers, a name's dunders being slashes."""
    frozen = specimen(venue) | {f"/{name.replace('__', '/')}": answer for name, answer in changed.items()}
    if venue == "hyperliquid":
        return {"/info": lambda asked: frozen[asked.body["type"]] if isinstance(asked.body, dict) else None}
    return {name.partition("?")[0]: lambda asked: _chosen(frozen, asked) for name in frozen}


def _chosen(frozen: dict[str, Any], asked: Asked) -> object:
    """Answer to a request: a page by its cursor, else the endpoint's, by the part of the query that it names."""
    parts = [f"{asked.path}?{name}={value}" for name, value in sorted(asked.query.items(), key=_cursor_first)]
    return next(frozen[name] for name in (*parts, asked.path) if name in frozen)


def _cursor_first(item: tuple[str, str]) -> tuple[bool, bool]:
    return item[0] != "cursor", item[0] != "settleCoin"


def environment_of(url: str) -> dict[str, str]:
    """Keys of every venue, and all of them at one address."""
    venues = ("BINANCE", "BYBIT", "OKX", "HYPERLIQUID")
    keys = {
        f"COHORTIV_{venue}_{part}": f"{venue}-{part}-of-a-test".lower()
        for venue in venues
        for part in ("KEY", "SECRET", "PASSPHRASE")
    }
    return {**keys, **{f"COHORTIV_{venue}_URL": url for venue in venues}}


def connect_to(url: str, *, secrets: tuple[str, ...] = ()) -> Connect:
    """All hosts of every venue at one address."""
    return lambda host: connect(host, secrets=secrets, pace=QUICK, environment=environment_of(url))


class GateRoutes(dict[str, Route]):
    """Routes of the specimen of Gate; whatever else ccxt asks for is an empty list."""

    def __init__(self, **changed: object) -> None:
        super().__init__()
        self._frozen = specimen("gate") | {f"/{name.replace('__', '/')}": answer for name, answer in changed.items()}

    def get(self, key: str, default: object = None) -> Route:
        """The specimen's answer below the version of the interface."""
        answer = self._frozen.get(key.removeprefix("/api/v4"), [] if default is None else default)
        return lambda _: answer
