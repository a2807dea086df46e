"""The command line: one Flask command group a module."""
