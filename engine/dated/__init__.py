"""Dated configuration: every number that somebody else sets (rates, fees, limits, holds) as rows with a first day."""
