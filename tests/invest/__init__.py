"""Tests of engine/invest."""
