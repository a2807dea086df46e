"""Tests of the books on disk."""
