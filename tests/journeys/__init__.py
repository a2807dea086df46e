"""Journeys through the whole of Sluice, end to end."""
