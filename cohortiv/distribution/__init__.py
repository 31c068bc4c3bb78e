"""Pillar 1: how leverage is distributed today and at a coming date, and profiles where no positions are at hand."""
