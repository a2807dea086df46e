"""Holds: which dollars may go where from when on, and which dollars go first (ruling 18)."""
