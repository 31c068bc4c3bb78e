"""Any venue that ccxt knows: opened with care, asked with care, and what it does not offer said at once.

ccxt 4.5.90 is an optional part of the package (`cohortiv[venues]`); its manual documents its unified structures. It was
run against a local server only, never against a live venue.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from cohortiv.errors import FetchError, UsageError
from cohortiv.sources.fetch import addresses
from cohortiv.sources.fetch.client import LARGEST_SKEW_SECONDS, Answer, Pace, Say, skew_of, skew_told
from cohortiv.sources.fetch.keys import Key

#: Kind of data -> methods that give it; one of them is enough.
METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    "positions": ("fetchPositions",),
    "brackets": ("fetchLeverageTiers", "fetchMarketLeverageTiers"),
    "interest": ("fetchOpenInterestHistory",),
    "funding": ("fetchFundingRateHistory",),
    "liquidations": ("fetchLiquidations",),
    "ratios": ("fetchLongShortRatioHistory",),
}
#: Characters of a venue's words that an error shows.
_SHOWN: Final = 160


@dataclass
class CcxtVenue:
    """One venue through ccxt.

    Attributes
    ----------
    name : str
        As ccxt has it, such as gate.
    exchange : object
        ccxt's exchange.
    pace : Pace
    secrets : tuple of str
        Texts that stand in no error.
    say : callable
    answers : list of Answer
        Grows with each request.
    notices : list of str
        What was noticed on the way, such as a clock that is off.
    """

    name: str
    exchange: Any
    pace: Pace
    secrets: tuple[str, ...] = ()
    say: Say = lambda _: None
    answers: list[Answer] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def compare_clocks(self, headers: Mapping[str, str], *, here: datetime) -> None:
        """Note a clock of the venue's that is off by more than a minute, once."""
        skew = skew_of(headers, here=here)
        if skew is not None and abs(skew) > LARGEST_SKEW_SECONDS and not self.notices:
            self.notices.append(skew_told(self.name, skew))
            self.say(f"Warning: {self.notices[-1]}")

    @property
    def offers(self) -> tuple[str, ...]:
        """Kinds of data that the venue has, as ccxt knows it."""
        return tuple(kind for kind, names in METHODS.items() if any(self.exchange.has.get(name) for name in names))

    def refuse_missing(self, *kinds: str) -> None:
        """Say what the venue does not offer, before anything is asked; UsageError names it and what there is."""
        lacking = [kind for kind in kinds if kind not in self.offers]
        if lacking:
            raise UsageError(
                f"{self.name} does not offer {' or '.join(lacking)} through ccxt; it has {', '.join(self.offers)}. Ask "
                "for those with --kind, or take another venue."
            )

    def call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - a unified structure of ccxt's
        """Call a unified method, again where the failure passes.

        Parameters
        ----------
        method : str
            Such as fetch_positions.
        *arguments
            As ccxt takes them.

        Raises
        ------
        FetchError
            If the venue refuses, or does not answer with JSON after the attempts.
        """
        attempts = Retrying(
            stop=stop_after_attempt(self.pace.attempts),
            wait=wait_random_exponential(self.pace.first_wait_seconds, self.pace.longest_wait_seconds),
            retry=retry_if_exception(_passes),
            before_sleep=lambda state: self.say(
                f"{self.name} does not answer {method}; asked again, attempt {state.attempt_number + 1} of "
                f"{self.pace.attempts}"
            ),
            reraise=True,
        )
        try:
            return attempts(getattr(self.exchange, method), *arguments)
        except Exception as error:  # noqa: BLE001 - ccxt's parsers fail in any way on an answer they don't know
            if not _is_of_ccxt(error):
                raise FetchError(
                    f"{self.name} answered {method} with what ccxt cannot read ({type(error).__name__}). The venue may "
                    "have changed its answer: export the data by hand, or take a newer ccxt."
                ) from None
            raise FetchError(
                f"{self.name} did not answer {method}: {type(error).__name__} {self._shown(str(error))}. Check the "
                "key, its rights to read and the symbol, or try again later."
            ) from None

    def now(self) -> datetime:
        """The venue's own time (UTC, without zone); this machine's where it does not tell."""
        if self.exchange.has.get("fetchTime"):
            told = self.call("fetch_time")
            if not isinstance(told, int | float):
                raise FetchError(
                    f"{self.name} answered fetch_time with {told!r}, which is no time. The venue may have changed its "
                    "answer: export the data by hand, or take a newer ccxt."
                )
            return datetime.fromtimestamp(told / 1000, tz=UTC).replace(tzinfo=None)
        return datetime.now(UTC).replace(tzinfo=None)

    def _shown(self, text: str) -> str:
        """What ccxt says, on one line, without addresses, which hold signatures, and without secrets."""
        words = [word for word in text.split() if "://" not in word]
        shown = " ".join(words)
        for secret in filter(None, self.secrets):
            shown = shown.replace(secret, "***")
        return shown[:_SHOWN]


def open_venue(
    name: str, *, key: Key | None = None, url: str = "", pace: Pace | None = None, say: Say = lambda _: None
) -> CcxtVenue:
    """Open a venue of ccxt's.

    Parameters
    ----------
    name : str
        As ccxt has it.
    key : Key, optional
        Read-only.
    url : str
        Address that stands for all of the venue's, such as a mirror or a test server, which is asked without a pace;
        empty takes the venue's own.
    pace : Pace, optional
    say : callable

    Raises
    ------
    UsageError
        If ccxt is not installed, or does not know the venue: the nearest name is told.
    """
    try:
        ccxt = import_module("ccxt")  # an optional part, and slow to load
    except ImportError as error:
        raise UsageError(
            f"ccxt:{name} needs ccxt, which is not installed; it is an optional part of the package. Install it with "
            "pip install 'cohortiv[venues]'."
        ) from error
    if name not in ccxt.exchanges:
        near = get_close_matches(name, ccxt.exchanges, n=1)
        asked = f"did you mean {near[0]}?" if near else f"it knows {len(ccxt.exchanges)} others."
        raise UsageError(f"ccxt does not know the venue {name!r}; {asked} Its manual lists them.")
    pace = pace or addresses.PACE
    settings: dict[str, object] = {"enableRateLimit": not url, "timeout": int(pace.timeout_seconds * 1000)}
    settings["options"] = {"defaultType": "swap"}
    if key:
        settings |= {"apiKey": key.key, "secret": key.secret, "password": key.passphrase}
    exchange = getattr(ccxt, name)(settings)
    exchange.logger = _silent()
    exchange.requests_trust_env = True  # HTTPS_PROXY counts, as it does for the venues that are read without ccxt
    if url:
        exchange.urls["api"] = _moved(exchange.urls["api"], url.rstrip("/"))
    venue = CcxtVenue(name, exchange, pace, key.secrets if key else (), say)
    exchange.fetch = _watched(exchange.fetch, exchange, venue)
    return venue


def _silent() -> logging.Logger:
    """A log that nothing is written to: ccxt writes each request with its headers, and the key is in them."""
    logger = logging.getLogger(f"{__name__}.silent")
    logger.disabled = True
    return logger


def _moved(addresses: object, url: str) -> object:
    """A venue's addresses with another host and their own paths."""
    if isinstance(addresses, dict):
        return {name: _moved(address, url) for name, address in addresses.items()}
    return url + urlsplit(addresses).path if isinstance(addresses, str) else addresses


def _watched(fetch: Callable[..., object], exchange: Any, venue: CcxtVenue) -> Callable[..., object]:  # noqa: ANN401
    """Request of ccxt's, noted without query and secrets; what is no whole JSON fails instead of being empty."""
    failure = import_module("ccxt").ExchangeNotAvailable

    def asked(url: str, *arguments: object, **named: object) -> object:
        found = fetch(url, *arguments, **named)
        if not isinstance(found, dict | list):
            raise failure(f"{exchange.id} answered with what is no whole JSON")
        parts = urlsplit(url)
        digest = hashlib.sha256(str(exchange.last_http_response).encode()).hexdigest()
        host = parts.netloc.rpartition("@")[2]  # a mirror's password stays here
        here = datetime.now(UTC)
        venue.answers.append(Answer(found, digest, f"{parts.scheme}://{host}{parts.path}", {}, here))
        venue.compare_clocks(exchange.last_response_headers or {}, here=here)
        return found

    return asked


def _passes(error: BaseException) -> bool:
    """Whether the same call may succeed later: a network in trouble, too many requests, half an answer."""
    return any(kind.__name__ == "OperationFailed" for kind in type(error).__mro__)


def _is_of_ccxt(error: BaseException) -> bool:
    """Whether ccxt itself says what went wrong."""
    return any(kind.__name__ == "BaseError" for kind in type(error).__mro__)
