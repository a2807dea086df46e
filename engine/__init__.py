"""What to do about it: from a snapshot and programs to a plan, and from a plan to transfers."""
