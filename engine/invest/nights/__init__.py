"""What a night does for pies before the rules, and the market facts that rules read."""
