"""Tests of the engine: what is due, wanted, limited, spread and booked, against a second, naive evaluator."""
