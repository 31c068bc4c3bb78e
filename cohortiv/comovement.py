"""How symbols and collateral move with the market: betas and relative volatilities, as dated constants."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from cohortiv.schema import STABLECOINS

#: Sensitivity of a symbol's return to BTC's, and its volatility relative to BTC's (hourly log returns).
#: Source: Binance USD-M perpetuals BTCUSDT, ETHUSDT, SOLUSDT, hourly closes 2023-01-01 to 2026-03-25, computed 2026-11.
BETAS: Mapping[str, float] = {"BTC": 1.0, "ETH": 1.08, "SOL": 1.37}
KAPPAS: Mapping[str, float] = {"BTC": 1.0, "ETH": 1.33, "SOL": 1.91}
#: Symbols without figures of their own are taken to move like SOL, the liveliest of the three measured;
#: data quality says for how much notional.
OTHER_BETA = BETAS["SOL"]
OTHER_KAPPA = KAPPAS["SOL"]


@dataclass(frozen=True)
class Comovement:
    """Betas and kappas in force for a run.

    Attributes
    ----------
    betas : mapping of str to float
        Sensitivity of a symbol's price to the market's simple return [1].
    kappas : mapping of str to float
        Volatility of a symbol relative to the market's [1].
    """

    betas: Mapping[str, float] = field(default_factory=lambda: dict(BETAS))
    kappas: Mapping[str, float] = field(default_factory=lambda: dict(KAPPAS))

    def beta(self, asset: str) -> float:
        """Beta of a symbol or collateral asset [1]: 0 for stablecoins, `OTHER_BETA` where none is known."""
        return 0.0 if asset in STABLECOINS else self.betas.get(asset, OTHER_BETA)

    def kappa(self, symbol: str) -> float:
        """Volatility of a symbol relative to the market's [1]; `OTHER_KAPPA` where none is known."""
        return self.kappas.get(symbol, OTHER_KAPPA)

    def is_known(self, symbol: str) -> bool:
        """Whether the symbol has a beta and a kappa of its own."""
        return symbol in self.betas and symbol in self.kappas


def comovement(betas: Mapping[str, float] | None = None, kappas: Mapping[str, float] | None = None) -> Comovement:
    """Default betas and kappas with a user's own on top.

    Parameters
    ----------
    betas, kappas : mapping of str to float, optional
        By symbol [1]; they win over the defaults.

    Raises
    ------
    ValueError
        If a beta is negative, a kappa is not positive, or one of them is NaN or infinite.
    """
    bad = [f"beta {k} = {v}" for k, v in (betas or {}).items() if not 0 <= v < math.inf]
    bad += [f"kappa {k} = {v}" for k, v in (kappas or {}).items() if not 0 < v < math.inf]
    if bad:
        raise ValueError(f"Got {', '.join(bad)}; allowed are finite betas >= 0 and kappas > 0.")
    return Comovement(betas={**BETAS, **(betas or {})}, kappas={**KAPPAS, **(kappas or {})})
