"""Lots: what units cost, which go first, and what they are worth."""
