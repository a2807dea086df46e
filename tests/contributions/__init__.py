"""Tests of engine/contributions."""
