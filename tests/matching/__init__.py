"""Matching rules: imported lines get their categories."""
