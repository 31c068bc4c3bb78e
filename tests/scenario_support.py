"""A small scenario for tests, and files of scenarios."""

from pathlib import Path

import yaml

from cohortiv.config.scenario import ScenarioConfig

#: Fields of a small scenario: 400 accounts in two symbols, opened along a rally and near today's price.
FIELDS = """\
name: small
title: A small one
source: made up
seed: 3
market: {mark_prices: {BTC: 60000, ETH: 3000}, rally: 0.5, volatility: 0.4, days: 60}
cohort:
  notional_usd: 50.0e+6
  accounts: 400
  symbols: {BTC: 0.7, ETH: 0.3}
  venues: {binance: 1}
  products: {perpetual: 1}
  contracts: {linear: 1, inverse: 0}
  margin_modes: {isolated: 0.8, cross: 0.2}
  collateral: {USDT: 0.5, BTC: 0.5}
  collateral_haircut: 0.05
  spare_margin: 0.1
  maintenance_rate: 0.005
  size: {median_usd: 50.0e+3, log_spread: 1.0}
  waves:
    - {name: rally, share: 0.4, long_share: 0.75, entered: [0.0, 0.9], tiers: {3: 0.5, 5: 0.5}}
    - {name: late, share: 0.6, long_share: 0.9, near_mark: 0.01, tiers: {10: 0.6, 20: 0.25, 50: 0.15}}
depth: {usd_per_percent: 2.0e+6}
"""


def scenario_file(folder: Path, text: str = FIELDS, name: str = "small.yaml") -> Path:
    """A scenario file on disk."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def small(**changes: object) -> ScenarioConfig:
    """The small scenario with other fields at the top."""
    return ScenarioConfig.model_validate(yaml.safe_load(FIELDS) | changes)
