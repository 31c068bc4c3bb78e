"""Own API keys: read from the environment alone, fit for reading alone, and used to sign what is asked."""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from cohortiv.errors import UsageError
from cohortiv.sources.fetch.client import Headers, Question, Sign

#: How long a signed request stays valid [ms].
WINDOW: Final = 5000
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Key:
    """One key of one venue; its texts are never shown.

    Attributes
    ----------
    venue : str
    key, secret, passphrase : str
        Empty where the venue has none.
    """

    venue: str
    key: str = field(repr=False)
    secret: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that may stand in no text."""
        return tuple(filter(None, (self.key, self.secret, self.passphrase)))


def variables(venue: str, *, passphrase: bool = False) -> tuple[str, ...]:
    """Names of the environment variables of a venue's key."""
    stem = f"COHORTIV_{venue.upper().replace('-', '_')}"
    return (f"{stem}_KEY", f"{stem}_SECRET", *((f"{stem}_PASSPHRASE",) if passphrase else ()))


def read_key(venue: str, *, passphrase: bool = False, environment: Mapping[str, str] = os.environ) -> Key:
    """Read a venue's key from the environment.

    Parameters
    ----------
    venue : str
        House name, such as okx.
    passphrase : bool
        Whether the venue's keys have one.
    environment : mapping

    Raises
    ------
    UsageError
        If a variable is missing or empty, or is not ASCII: it is named.
    """
    names = variables(venue, passphrase=passphrase)
    absent = [name for name in names if not environment.get(name, "").strip()]
    if absent:
        raise UsageError(
            f"Positions on {venue} need a read-only API key, and the environment lacks {', '.join(absent)}. Allowed is "
            f"a key without the right to trade or withdraw, in {', '.join(names)}. Set them; no option takes a key."
        )
    odd = [name for name in names if not environment[name].isascii()]
    if odd:
        raise UsageError(
            f"{odd[0]} holds letters that no request can carry; allowed are those of ASCII. Copy it again, or make a "
            "key whose passphrase has none other."
        )
    return Key(venue, *(environment[name].strip() for name in names))


def refuse_rights(venue: str, rights: Mapping[str, bool]) -> str:
    """Refuse a key that may do more than read.

    Parameters
    ----------
    venue : str
    rights : mapping of str to bool
        What the venue says of it by name; empty where it does not tell.

    Returns
    -------
    str
        What to say of a key that passes.

    Raises
    ------
    UsageError
        If it has a right: each is named.
    """
    if not rights:
        return f"{venue}: the key's rights were not checked; make sure that it only reads"
    held = [name for name, is_held in rights.items() if is_held]
    if held:
        raise UsageError(
            f"The key for {venue} has more rights than to read: {', '.join(held)}. Allowed is a read-only key. Make "
            "one without these rights on the venue's page and put it in the environment."
        )
    return f"{venue}: the key only reads, as the venue says"


def _now() -> datetime:
    return datetime.now(UTC)


def binance_signer(key: Key, *, clock: Clock = _now) -> Sign:
    """Sign as Binance wants it: the query with a time, HMAC-SHA256 in hexadecimal as its last part."""

    def sign(question: Question) -> tuple[Question, Headers]:
        stamped = "&".join(filter(None, (question.query, f"recvWindow={WINDOW}&timestamp={_milliseconds(clock())}")))
        signature = _digest(key, stamped).hex()
        return replace(question, query=f"{stamped}&signature={signature}"), {"X-MBX-APIKEY": key.key}

    return sign


def bybit_signer(key: Key, *, clock: Clock = _now) -> Sign:
    """Sign as Bybit v5 wants it: HMAC-SHA256 of time, key, window and query, in a header."""

    def sign(question: Question) -> tuple[Question, Headers]:
        at = str(_milliseconds(clock()))
        signature = _digest(key, f"{at}{key.key}{WINDOW}{question.query or question.body}").hex()
        return question, {
            "X-BAPI-API-KEY": key.key,
            "X-BAPI-TIMESTAMP": at,
            "X-BAPI-RECV-WINDOW": str(WINDOW),
            "X-BAPI-SIGN": signature,
        }

    return sign


def okx_signer(key: Key, *, clock: Clock = _now) -> Sign:
    """Sign as OKX v5 wants it: HMAC-SHA256 of time, method and path with query, in base64 in a header."""

    def sign(question: Question) -> tuple[Question, Headers]:
        at = clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        method, query = "POST" if question.body else "GET", f"?{question.query}" if question.query else ""
        signature = base64.b64encode(_digest(key, f"{at}{method}{question.path}{query}{question.body}")).decode()
        return question, {
            "OK-ACCESS-KEY": key.key,
            "OK-ACCESS-SIGN": signature,
            "OK-ACCESS-TIMESTAMP": at,
            "OK-ACCESS-PASSPHRASE": key.passphrase,
        }

    return sign


def _digest(key: Key, text: str) -> bytes:
    return hmac.new(key.secret.encode(), text.encode(), hashlib.sha256).digest()


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
