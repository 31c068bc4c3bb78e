"""Data of venues and of market data hosts: asked for, kept as dated files with their origin, and never by a report."""
