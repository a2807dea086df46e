"""Tests of engine/holds."""
