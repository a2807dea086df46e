"""What time does to money before the rules of a night, in real databases."""
