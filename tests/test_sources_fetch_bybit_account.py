"""Parses frozen answers of Bybit."""

from datetime import datetime
from typing import Any

from fetch_support import specimen

from cohortiv.sources.fetch.bybit_account import parse_positions

FROZEN = specimen("bybit")
AT = datetime(2022, 12, 30)  # noqa: DTZ001 - house times are UTC without zone
LINEAR = FROZEN["/v5/position/list?cursor=page2"]["result"]["list"]
INVERSE = FROZEN["/v5/position/list?category=inverse"]["result"]["list"]
WALLET = FROZEN["/v5/account/wallet-balance"]["result"]["list"][0]


def parsed(entries: Any, mode: str = "REGULAR_MARGIN") -> Any:  # noqa: ANN401 - as the venue sends it
    """Positions under a margin mode of the account."""
    return parse_positions(entries, info={"marginMode": mode}, wallet=WALLET, account="a", at=AT)


def test_sides_and_sizes_are_read() -> None:
    """Buy is long, a size is positive, an entry without a size is none."""
    found = parsed(LINEAR)
    assert [(held.symbol, held.side, held.quantity) for held in found.positions] == [
        ("XRP", "long", 100.0),
        ("ETH", "long", 0.1),
    ]
    assert found.flat == 1


def test_the_unified_wallet_stands_in_the_first_cross_position() -> None:
    """A margin balance of 998 with 2 lost is a wallet of 1,000 USD behind three positions, which are added up."""
    held = parsed([*LINEAR, *INVERSE]).positions
    assert [(one.margin, one.collateral_asset) for one in held] == [(1000.0, "USD"), (0.0, "USD"), (0.0, "USD")]


def test_an_empty_line_is_none() -> None:
    """A line outside the venue's prices cannot be reached."""
    held = parsed(LINEAR).positions[1]
    assert (held.liquidation_price, held.liquidation_price_known) == (None, True)


def test_portfolio_margin_states_no_line() -> None:
    """There an empty line is not known, no wallet is given, and it is said."""
    found = parsed(LINEAR, "PORTFOLIO_MARGIN")
    assert (found.positions[1].liquidation_price_known, found.positions[1].margin) == (False, None)
    assert any("portfolio margin" in note for note in found.notes)


def test_inverse_contracts_are_dollars() -> None:
    """A size of 100 of BTCUSD is 100 USD, and isolated it stands on coins."""
    held = parsed(INVERSE, "ISOLATED_MARGIN").positions[0]
    assert (held.contract, held.side, held.quantity) == ("inverse", "short", 100.0)
    assert (held.margin_mode, held.collateral_asset) == ("isolated", "BTC")


def test_the_older_name_of_the_entry_is_read() -> None:
    """Accounts of old call the average entry by another name."""
    entry = {**LINEAR[0], "entryPrice": "0.36"}
    del entry["avgPrice"]
    assert parsed([entry]).positions[0].entry_price == 0.36


def test_an_unknown_side_stays_and_breaks_its_rule() -> None:
    """A word that is new is passed on, so that the row is excluded and counted."""
    assert parsed([{**LINEAR[0], "side": "Both"}]).positions[0].side == "Both"


def test_a_negative_size_stays_negative() -> None:
    """Bybit's sizes have no sign; one that does breaks the rule of its column."""
    assert parsed([{**LINEAR[0], "size": "-100"}]).positions[0].quantity == -100.0
