"""Tests of the command line: every command through Flask's runner, and the ones that stay as real processes."""
