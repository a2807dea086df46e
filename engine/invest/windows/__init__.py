"""One trade window, step by step, from what is asked to what is booked; a preview takes the same steps."""
