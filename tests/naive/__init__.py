"""A second, naive evaluator of one customer's rules, written from the rules page alone: the oracle of the real one."""
