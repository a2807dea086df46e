"""Benchmarks: each module prints figures when it is run."""
