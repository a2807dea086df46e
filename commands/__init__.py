"""The command line: `flask COMMAND`, grouped by what a person is about to do."""

from flask import Flask

from commands import audit, demo, holdings, houses, nights, orders, pies, preview, serving, statements, windows
from commands.desk import Desk


def register(app: Flask, desk: Desk) -> None:
    """Give the application its commands."""
    for module in (houses, nights, statements, demo, preview, pies, orders, holdings, windows, audit, serving):
        for command in module.commands(desk):
            app.cli.add_command(command)
