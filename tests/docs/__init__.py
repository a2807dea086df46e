"""The pages under docs/ hold: their examples run, their links and names exist, their lists are complete."""
