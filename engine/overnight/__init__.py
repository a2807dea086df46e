"""What time does to money before the rules of a night: interest, the borrow line, fees."""
