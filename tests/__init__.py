"""Proof of behaviour: one module of tests for each module of code, plus the house's own rules."""
