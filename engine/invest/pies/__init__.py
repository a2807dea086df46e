"""Pies as documents: slices, terms, models, and what saving another version means."""
