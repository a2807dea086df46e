"""Recurring transfers: rules with a fixed amount, in a short form of their own."""
