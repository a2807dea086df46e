"""Tests of engine/borrow."""
