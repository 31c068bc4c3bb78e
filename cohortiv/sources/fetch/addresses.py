"""Where venues are asked, and how each says within an answer that it refuses."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from cohortiv.errors import UsageError
from cohortiv.sources.fetch.client import Pace, Say, Trouble, VenueClient

#: Hosts by name; the part before a hyphen is the venue. As documented in October 2025.
HOSTS: Final[Mapping[str, str]] = {
    "binance": "https://fapi.binance.com",
    "binance-coin": "https://dapi.binance.com",
    "binance-rights": "https://api.binance.com",
    "bybit": "https://api.bybit.com",
    "okx": "https://www.okx.com",
    "hyperliquid": "https://api.hyperliquid.xyz",
}
#: How often venues are asked where nothing else is said: below the limits that each of them has for one address.
PACE: Final = Pace()
#: Field of an answer that is 0 where all is well, and the field of its words.
_ENVELOPES: Final = {"bybit": ("retCode", "retMsg"), "okx": ("code", "msg")}
#: Such codes that pass by themselves: too many requests, and a server in trouble.
_PASSING: Final = frozenset({"10000", "10006", "10016", "10018", "50001", "50004", "50011", "50013", "50026"})


def connect(
    host: str,
    *,
    secrets: Sequence[str] = (),
    pace: Pace | None = None,
    say: Say = lambda _: None,
    environment: Mapping[str, str] = os.environ,
) -> VenueClient:
    """The client of a host.

    Parameters
    ----------
    host : str
        Of `HOSTS`.
    secrets : sequence of str
        Texts that stand in no error.
    pace : Pace, optional
    say : callable
    environment : mapping
        Has COHORTIV_<VENUE>_URL where all hosts of the venue are to be asked elsewhere: at a mirror, a proxy or a test
        server.

    Raises
    ------
    UsageError
        If the address in the environment is no http or https address.
    """
    venue = host.partition("-")[0]
    variable = f"COHORTIV_{venue.upper()}_URL"
    address = environment.get(variable, "").strip() or HOSTS[host]
    if not address.startswith(("https://", "http://")):
        raise UsageError(
            f"{variable} is {address!r}; allowed is an address that begins with https:// or http://. Correct it, or "
            "take it out of the environment."
        )
    return VenueClient(venue, address, pace=pace or PACE, secrets=secrets, trouble=_trouble_of(venue), say=say)


def _trouble_of(venue: str) -> Callable[[object], Trouble | None]:
    """How a venue's answers are searched for a refusal."""
    fields = _ENVELOPES.get(venue)
    return partial(_in_envelope, fields=fields) if fields else lambda _: None


def _in_envelope(body: object, *, fields: tuple[str, str]) -> Trouble | None:
    """The refusal in an envelope; one without a code is none that is known."""
    code, words = (str(body.get(name, "")) if isinstance(body, Mapping) else "" for name in fields)
    if code == "0":
        return None
    return Trouble(f"{fields[0]} {code or 'missing'}: {words or 'no words'}", passes=code in _PASSING)
