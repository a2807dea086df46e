"""Hypothesis strategies, and quick generators that draw from the same space."""
