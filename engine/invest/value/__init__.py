"""Value over time and its returns."""
