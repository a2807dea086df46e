"""The pages: one module for each place, rendered by the server, working without script (ui.md 5)."""
