"""Tests of interest, the borrow line and fees through the books: golden tables, properties, simulated years."""
