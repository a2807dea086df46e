"""Trade windows from end to end: real books, a feed of a few prices, the paper broker, and a clock that tests turn."""
