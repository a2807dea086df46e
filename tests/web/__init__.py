"""Tests of the pages and the API, on real applications over real SQLite files."""
