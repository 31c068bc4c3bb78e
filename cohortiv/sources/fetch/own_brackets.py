"""Venues' own brackets, asked for: with the account's key on Binance, without one elsewhere."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from cohortiv.sources.fetch import okx_account, venue_brackets
from cohortiv.sources.fetch.answers import Record, nested, number, text
from cohortiv.sources.fetch.asking import Asking, Connect, okx_data, paged
from cohortiv.sources.fetch.client import Answer
from cohortiv.sources.fetch.keys import Key, binance_signer
from cohortiv.sources.fetch.paging import collect
from cohortiv.sources.fetch.venue_brackets import Ladder

#: What tells one risk limit of Bybit from another: pages may come twice.
_TOLD_APART: Final = ("symbol", "id", "riskLimitValue")

#: Venues whose brackets only a key reads.
NEEDS_KEY: Final = frozenset({"binance"})


def binance_brackets(key: Key, *, connect: Connect) -> tuple[list[Ladder], list[Answer]]:
    """Brackets of USD-M and COIN-M.

    Parameters
    ----------
    key : Key
        Read-only.
    connect : callable
        Gives the client of a host, here and below.

    Raises
    ------
    FetchError, DataError
        If the venue does not answer, or not as documented, here and below.
    """
    answers: list[Answer] = []
    usd, coin = (Asking(connect(host), answers, binance_signer(key)) for host in ("binance", "binance-coin"))
    linear = venue_brackets.binance_ladders(usd.ask("/fapi/v1/leverageBracket"), inverse=False)
    inverse = venue_brackets.binance_ladders(coin.ask("/dapi/v2/leverageBracket"), inverse=True)
    return [*_from(answers[0], linear), *_from(answers[1], inverse)], answers


def bybit_brackets(*, connect: Connect) -> tuple[list[Ladder], list[Answer]]:
    """Risk limits of linear and inverse contracts; raises as `binance_brackets`."""
    answers: list[Answer] = []
    asking = Asking(connect("bybit"), answers)
    found = []
    for category in ("linear", "inverse"):
        pages = paged(asking, "/v5/market/risk-limit", {"category": category})
        rows = list(collect([pages], lambda row: tuple(text(row.get(name)) for name in _TOLD_APART)).rows)
        found += venue_brackets.bybit_ladders(rows, inverse=category == "inverse")
    return found, answers


def okx_brackets(instruments: Iterable[str], *, connect: Connect) -> tuple[list[Ladder], list[Answer]]:
    """Position tiers of these perpetuals, such as BTC-USDT-SWAP, a request each; raises as `binance_brackets`."""
    answers: list[Answer] = []
    asking = Asking(connect("okx"), answers)
    swaps = {"instType": "SWAP"}
    values = okx_account.contract_values(okx_data(asking, "/api/v5/public/instruments", swaps))
    priced = okx_data(asking, "/api/v5/public/mark-price", swaps)
    marks = {text(row.get("instId")): number(row.get("markPx")) for row in priced}
    rows: list[Record] = []
    for family in sorted({name.removesuffix("-SWAP") for name in instruments}):
        asked = {**swaps, "tdMode": "cross", "instFamily": family}
        rows += [{**row, "instFamily": family} for row in okx_data(asking, "/api/v5/public/position-tiers", asked)]
    return _from(answers[-1], venue_brackets.okx_ladders(rows, values=values, marks=marks)), answers


def _from(answer: Answer, ladders: Iterable[Ladder]) -> list[Ladder]:
    """Ladders with where they were read."""
    return [replace(ladder, source=answer.endpoint) for ladder in ladders]


def hyperliquid_brackets(*, connect: Connect) -> tuple[list[Ladder], list[Answer]]:
    """Margin tables; raises as `binance_brackets`."""
    answer = connect("hyperliquid").ask("/info", post={"type": "meta"})
    meta = nested({"meta": answer.body}, "meta", where="meta")
    return venue_brackets.hyperliquid_ladders(meta), [answer]
