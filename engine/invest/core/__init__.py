"""The rebalance core: exact cents for many pies at once, in columns (investing.md 2)."""
