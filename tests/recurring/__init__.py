"""Recurring transfers: the short form of rules with a fixed amount."""
