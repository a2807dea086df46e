"""Tests of the pages in the system's Chromium."""
