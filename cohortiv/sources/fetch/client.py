"""Asking a venue over HTTP: paced, tried again where that helps, the clock compared, no secret in any error."""

import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlencode

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from cohortiv.errors import FetchError

#: A venue's clock that is further from this machine's is named [s].
LARGEST_SKEW_SECONDS: Final = 60.0
#: One that is further than this is named where a venue refuses: some want a request's time to be theirs to 5 s [s].
LEAST_SKEW_SECONDS: Final = 3.0
#: Statuses that pass by themselves: too many requests, banned for a time (Binance), and a server in trouble.
_PASSING: Final = frozenset({408, 418, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
#: Statuses that don't, and what to do.
_LASTING: Final = {
    401: "The key is not known or not signed as the venue wants it. Check the key in the environment",
    403: "The venue refuses the request or the network it comes from. Check the key's rights, or ask from elsewhere",
    404: "The venue does not know this address or symbol. Check the name",
    451: "The venue does not serve the country that the request comes from. Ask from where it does, or another venue",
}
#: What to look at where a venue refuses a request, by whether it was signed.
_ADVICE: Final = {
    False: "Check the symbol and the time asked for",
    True: "Check the key and the secret in the environment, the key's rights to read, and this machine's clock",
}
#: Characters of an answer that an error shows.
_SHOWN: Final = 160

Parameters = Mapping[str, str | int]
Headers = Mapping[str, str]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Pace:
    """How often a venue is asked, and how long it is waited for.

    Attributes
    ----------
    per_second : float
        Most requests in a second.
    attempts : int
        Most times one request is sent.
    first_wait_seconds : float
        Longest wait before the second attempt; it doubles each time, and a random part of it is waited.
    longest_wait_seconds : float
        Longest wait that a venue may ask for; beyond it the fetch ends and says when to come back.
    timeout_seconds : float
        Longest silence of the connection.
    """

    per_second: float = 3.0
    attempts: int = 6
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 120.0
    timeout_seconds: float = 20.0


@dataclass(frozen=True)
class Question:
    """A request as it goes out.

    Attributes
    ----------
    path : str
        Below the venue's address, such as /fapi/v1/klines.
    query : str
        Encoded, without the question mark; empty where there is none.
    body : str
        JSON of a POST; empty for a GET.
    """

    path: str
    query: str = ""
    body: str = ""


#: Signs a question: as it is to be sent, with time and signature, and its headers. Asked anew for each attempt.
Sign = Callable[[Question], tuple[Question, Headers]]


@dataclass(frozen=True)
class Answer:
    """What a venue answered.

    Attributes
    ----------
    body : object
        Parsed JSON.
    sha256 : str
        Of the answer's bytes.
    endpoint : str
        Address without query.
    parameters : mapping
        As asked, before anything was signed: no secret is in them.
    fetched_at : datetime
        When it came (UTC).
    """

    body: object
    sha256: str
    endpoint: str
    parameters: Parameters
    fetched_at: datetime


@dataclass(frozen=True)
class Trouble:
    """What a venue refuses within an answer whose status is 200.

    Attributes
    ----------
    told : str
        In the venue's words.
    passes : bool
        Whether the same request may succeed later.
    """

    told: str
    passes: bool


class _PassingError(Exception):
    """A failure after which the same request may succeed."""

    def __init__(self, told: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(told)
        self.wait_seconds = wait_seconds


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class VenueClient:
    """One venue's address, asked politely.

    Attributes
    ----------
    venue : str
        For messages.
    base_url : str
        Address, such as https://fapi.binance.com.
    pace : Pace
    secrets : sequence of str
        Texts that never stand in an error, whatever a venue repeats of them.
    trouble : callable
        Finds a refusal within an answer's JSON; None where there is none.
    say : callable
        Takes a line where it is waited.
    sleep, clock : callable
        Waits some seconds; tells the time (UTC).
    notices : list of str
        What has to be told of the venue, such as a clock that is off.
    """

    venue: str
    base_url: str
    pace: Pace = Pace()
    secrets: Sequence[str] = ()
    trouble: Callable[[object], Trouble | None] = field(default=lambda _: None)
    say: Say = field(default=lambda _: None)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = _now
    notices: list[str] = field(default_factory=list)
    _session: requests.Session = field(default_factory=requests.Session, repr=False)
    _next: float = 0.0
    _skew: float = 0.0

    def ask(
        self, path: str, parameters: Parameters | None = None, *, post: object = None, sign: Sign | None = None
    ) -> Answer:
        """Ask once, trying again where that helps.

        Parameters
        ----------
        path : str
        parameters : mapping, optional
            Of the query, without anything secret.
        post : JSON value, optional
            Body of a POST; without it the request is a GET.
        sign : callable, optional
            Signs each attempt.

        Returns
        -------
        Answer

        Raises
        ------
        FetchError
            If the venue refuses, or does not answer with JSON after the attempts of its pace.
        """
        asked = dict(parameters or {})
        question = Question(path, urlencode(asked), "" if post is None else json.dumps(post))
        attempts = Retrying(
            stop=stop_after_attempt(self.pace.attempts),
            wait=self._wait,
            retry=retry_if_exception_type(_PassingError),
            before_sleep=self._told,
            sleep=self.sleep,
            reraise=True,
        )
        try:
            content, at = attempts(self._attempt, question, sign)
        except _PassingError as error:
            raise FetchError(
                f"{self.venue} did not answer {path} in {self.pace.attempts} attempts: {error}. Try again later; what "
                "was kept so far is not asked for again."
            ) from None
        recorded = asked if post is None else {**asked, "body": question.body}
        digest = hashlib.sha256(content).hexdigest()
        return Answer(json.loads(content), digest, self._shown_address() + path, recorded, at)

    def _shown_address(self) -> str:
        """The address without a name and password that may stand in it."""
        protocol, separator, rest = self.base_url.rstrip("/").rpartition("://")
        return f"{protocol}{separator}{rest.rpartition('@')[2]}"

    def _attempt(self, question: Question, sign: Sign | None) -> tuple[bytes, datetime]:
        """Bytes of a whole answer, and when it came."""
        self._keep_pace()
        sent, headers = sign(question) if sign else (question, {})
        before = self.clock()
        response = self._send(sent, headers)
        after = self.clock()
        self._compare_clocks(response, before + (after - before) / 2)
        is_signed = sign is not None
        self._refuse(response, question.path, is_signed=is_signed)
        try:
            body = json.loads(response.content)
        except ValueError:
            raise _PassingError(f"the answer is no whole JSON{self._beginning(response)}") from None
        self._refuse_within(body, question.path, is_signed=is_signed)
        return response.content, after

    def _refuse_within(self, body: object, path: str, *, is_signed: bool) -> None:
        """Raise what an answer says against itself."""
        found = self.trouble(body)
        if found is None:
            return
        said = self._shown(found.told)
        if found.passes:
            raise _PassingError(said)
        raise FetchError(f"{self.venue} answered {path} with {said}. {_ADVICE[is_signed]}.{self._off()}")

    def _send(self, sent: Question, headers: Headers) -> requests.Response:
        """The response; no message of the library's is passed on, as it would hold the signed address."""
        url = self.base_url.rstrip("/") + sent.path + (f"?{sent.query}" if sent.query else "")
        kind = {"Content-Type": "application/json"} if sent.body else {}
        try:
            return self._session.request(
                "POST" if sent.body else "GET",
                url,
                data=sent.body or None,
                headers={**kind, **headers},
                timeout=self.pace.timeout_seconds,
                allow_redirects=False,  # a key in a header would go with it
            )
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
            raise FetchError(
                f"The address of {self.venue} is {self._shown_address()!r}, which is none; allowed is one such as "
                "https://fapi.binance.com. Correct it."
            ) from None
        except requests.exceptions.RequestException as error:
            raise _PassingError(f"the connection failed ({type(error).__name__})") from None

    def _refuse(self, response: requests.Response, path: str, *, is_signed: bool) -> None:
        """Raise what a status other than 200 means."""
        status = response.status_code
        if status == requests.codes.ok:
            return
        said = self._shown(response.text)
        wait = self._asked_wait(response)
        if status in _PASSING and (wait is None or wait <= self.pace.longest_wait_seconds):
            raise _PassingError(f"status {status} {said}".rstrip(), wait_seconds=wait)
        if status in _PASSING:
            raise FetchError(f"{self.venue} refuses {path} for {wait:,.0f} s (status {status}). Come back after that.")
        told = _LASTING.get(status, _ADVICE[is_signed])
        raise FetchError(
            f"{self.venue} answered {path} with status {status}: {said or 'no words'}. {told}.{self._off()}"
        )

    def _shown(self, text: str) -> str:
        """The start of what a venue said, on one line and without secrets."""
        for secret in filter(None, self.secrets):
            text = text.replace(secret, "***")
        return " ".join(text.split())[:_SHOWN]

    def _beginning(self, response: requests.Response) -> str:
        """How a page in place of an answer begins; of cut data, which may be an account's, its length alone."""
        start = self._shown(response.text)
        return f", it begins with {start!r}" if start.startswith("<") else f" but {len(response.content):,} bytes of it"

    def _off(self) -> str:
        """That the clocks differ, which a venue may refuse a signed request for in other words."""
        if abs(self._skew) < LEAST_SKEW_SECONDS:
            return ""
        side = "ahead of" if self._skew > 0 else "behind"
        return f" The clock of {self.venue} is {abs(self._skew):,.0f} s {side} this machine's: set this one first."

    def _asked_wait(self, response: requests.Response) -> float | None:
        """Seconds of Retry-After, which is a number or a date; None where there is none."""
        told = response.headers.get("Retry-After", "")
        if told.strip().isdecimal():
            return float(told)
        try:
            return max((parsedate_to_datetime(told) - self.clock()).total_seconds(), 0.0)
        except (TypeError, ValueError):
            return None

    def _wait(self, state: RetryCallState) -> float:
        """What the venue asks for, else a random part of a time that doubles [s]."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait_seconds if isinstance(error, _PassingError) else None
        most = min(self.pace.first_wait_seconds * 2 ** (state.attempt_number - 1), self.pace.longest_wait_seconds)
        return random.uniform(most / 2, most) if asked is None else asked  # noqa: S311 - no secret depends on it

    def _told(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        seconds = state.next_action.sleep if state.next_action else 0.0
        self.say(f"{self.venue}: {error}; asked again in {seconds:.0f} s")

    def _keep_pace(self) -> None:
        """Wait until the venue may be asked again."""
        early = self._next - time.monotonic()
        if early > 0:
            self.sleep(early)
        self._next = time.monotonic() + 1 / self.pace.per_second

    def _compare_clocks(self, response: requests.Response, here: datetime) -> None:
        """Note a clock of the venue's that is off by more than a minute; an answer from a cache is older by its age."""
        skew = skew_of(response.headers, here=here)
        if skew is None:
            return
        self._skew = skew
        if abs(skew) > LARGEST_SKEW_SECONDS and not self.notices:
            self.notices.append(skew_told(self.venue, skew))
            self.say(f"Warning: {self.notices[-1]}")

    def by_its_clock(self, moment: datetime) -> datetime:
        """A moment of this machine's clock by the venue's, where they differ by more than a minute."""
        return moment + timedelta(seconds=self._skew) if abs(self._skew) > LARGEST_SKEW_SECONDS else moment


def skew_of(headers: Mapping[str, str], *, here: datetime) -> float | None:
    """How far a venue's clock is ahead of this machine's [s]; None where it does not tell.

    Parameters
    ----------
    headers : mapping
        Of its answer; one from a cache is older by its age.
    here : datetime
        When the answer came (UTC).
    """
    try:
        there = parsedate_to_datetime(headers.get("Date", ""))
        return (there - here).total_seconds() + float(headers.get("Age", 0))
    except (TypeError, ValueError):
        return None


def skew_told(venue: str, skew: float) -> str:
    """What is said of clocks that differ by more than a minute."""
    return (
        f"The clock of {venue} is {abs(skew):,.0f} s {'ahead of' if skew > 0 else 'behind'} this machine's; allowed is "
        "a minute. Times are the venue's. Set this machine's clock."
    )
