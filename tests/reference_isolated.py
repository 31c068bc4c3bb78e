"""Liquidation lines of isolated positions in plain numpy: the slow, obvious reference for the engine's expressions."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def isolated_linear_line(
    side: npt.ArrayLike,
    quantity: npt.ArrayLike,
    entry_price: npt.ArrayLike,
    *,
    margin: npt.ArrayLike,
    rates: npt.ArrayLike,
    amounts: npt.ArrayLike,
) -> FloatArray:
    """Price at which an isolated linear position is closed by force.

    Parameters
    ----------
    side : array_like
        1 for long, -1 for short.
    quantity : array_like
        Size, above 0 [base units].
    entry_price : array_like
        Price at which the position was opened, above 0 [USD].
    margin : array_like
        What stands behind the position after haircut, without its unrealised profit [USD]. For one position of a
        cross unit: the wallet balance plus the others' unrealised profit less their maintenance.
    rates : array_like, shape (brackets,)
        Maintenance margin rate of each bracket, at least 0 and below 1 [fraction].
    amounts : array_like, shape (brackets,)
        Maintenance amount of each bracket [USD].

    Returns
    -------
    ndarray, the common shape of the positions
        Liquidation line [USD]; NaN where there is none above 0. A NaN input gives NaN, and so does a quantity of 0.
        Whether the line has been passed already is for the caller, who knows the mark, to say.

    Raises
    ------
    ValueError
        If a side is neither 1 nor -1, or a rate is outside [0, 1).

    Notes
    -----
    Equity ``margin + side * quantity * (price - entry)`` meets bracket k's maintenance ``rate_k * quantity * price -
    amount_k`` at ``(margin + amount_k - side * quantity * entry) / (quantity * (rate_k - side))``. The maintenance is
    the largest over k, so a long ends at the highest and a short at the lowest of these prices; the bracket found is
    the one at the line, not the one at entry. A venue that takes the maintenance on the entry value is the case of
    rate 0 and amount minus that maintenance; one that adds its taker fee has it in the rate.

    References
    ----------
    .. [1] Binance, "How to Calculate Liquidation Price of USD-M Futures Contracts",
       https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93
    """
    direction, size, entry, cushion = _positions(side, quantity, entry_price, margin)
    rate, amount = _brackets(rates, amounts)
    with np.errstate(divide="ignore", invalid="ignore"):
        lines = (cushion + amount - direction * size * entry) / (size * (rate - direction))
    return _above_zero(np.where(direction[..., 0] > 0, lines.max(axis=-1), lines.min(axis=-1)))


def isolated_inverse_line(
    side: npt.ArrayLike,
    contract_usd: npt.ArrayLike,
    entry_price: npt.ArrayLike,
    *,
    margin_coin: npt.ArrayLike,
    rates: npt.ArrayLike,
    amounts: npt.ArrayLike,
) -> FloatArray:
    """Price at which an isolated inverse (coin-margined) position is closed by force.

    Parameters
    ----------
    side : array_like
        1 for long, -1 for short.
    contract_usd : array_like
        Size, number of contracts times their face value, above 0 [USD].
    entry_price : array_like
        Price at which the position was opened, above 0 [USD].
    margin_coin : array_like
        What stands behind the position after haircut, without its unrealised profit [coin].
    rates : array_like, shape (brackets,)
        Maintenance margin rate of each bracket, at least 0 and below 1 [fraction].
    amounts : array_like, shape (brackets,)
        Maintenance amount of each bracket [coin].

    Returns
    -------
    ndarray, the common shape of the positions
        Liquidation line [USD]; NaN where there is none: a short whose coins cover the contract at any price. A NaN
        input gives NaN.

    Raises
    ------
    ValueError
        If a side is neither 1 nor -1, or a rate is outside [0, 1).

    Notes
    -----
    With Q contract USD and C coins, equity is ``C + side * Q * (1 / entry - 1 / price)`` and the notional ``Q /
    price``, both in coin. A long ends at the highest ``Q * (1 + rate_k) / (C + Q / entry + amount_k)``, a short at the
    lowest ``Q * (1 - rate_k) / (Q / entry - C - amount_k)`` over the brackets whose denominator is above 0.

    References
    ----------
    .. [1] Binance, "How to Calculate Liquidation Price of COIN-M Futures Contracts",
       https://www.binance.com/en/support/faq/ceccfcfb4e3a45e3b48b0b1bb1a8ae46
    """
    direction, size, entry, cushion = _positions(side, contract_usd, entry_price, margin_coin)
    rate, amount = _brackets(rates, amounts)
    coins = size / entry + direction * (cushion + amount)
    with np.errstate(divide="ignore", invalid="ignore"):
        lines = size * (1.0 + direction * rate) / coins
    reached = np.where(coins > 0.0, lines, np.where(np.isnan(coins), np.nan, np.inf))
    return _above_zero(np.where(direction[..., 0] > 0, reached.max(axis=-1), reached.min(axis=-1)))


def _positions(*columns: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    direction, size, entry, cushion = (
        np.asarray(column, dtype=float)[..., np.newaxis] for column in np.broadcast_arrays(*columns)
    )
    if not np.all(np.isin(direction, (1.0, -1.0))):
        raise ValueError("side: got a value that is neither 1 nor -1; write 1 for long and -1 for short")
    return direction, size, entry, cushion


def _brackets(rates: npt.ArrayLike, amounts: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    rate, amount = np.asarray(rates, dtype=float), np.asarray(amounts, dtype=float)
    if not np.all((rate >= 0.0) & (rate < 1.0)):
        raise ValueError("rates: got one outside [0, 1); write fractions, 0.004 for 0.4 %")
    return rate, amount


def _above_zero(lines: FloatArray) -> FloatArray:
    return np.where((lines > 0.0) & np.isfinite(lines), lines, np.nan)
