"""Fees: how much, why, and when the platform fee is waived (ruling 30, products.md 1.15)."""
