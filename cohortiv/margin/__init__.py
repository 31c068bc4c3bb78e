"""Maintenance margins: dated bracket tables and the liquidation lines that they imply."""
