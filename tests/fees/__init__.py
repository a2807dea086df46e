"""Tests of engine/fees."""
