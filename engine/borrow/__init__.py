"""The borrow line: what collateral carries, what it costs, and what happens when prices fall (investing.md 1)."""
