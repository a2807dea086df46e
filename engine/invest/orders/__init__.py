"""What people order: placed, looked up, taken back."""
