"""The command line: `flask COMMAND`, grouped by what a person is about to do."""

from flask import Flask

from commands import (
    audit,
    config,
    demo,
    fees,
    holdings,
    houses,
    matching,
    nights,
    orders,
    persons,
    pies,
    preview,
    serving,
    statements,
    transfers,
    windows,
)
from commands.desk import Desk


def register(app: Flask, desk: Desk) -> None:
    """Give the application its commands."""
    for module in (
        houses,
        persons,
        nights,
        statements,
        matching,
        transfers,
        fees,
        demo,
        preview,
        pies,
        orders,
        holdings,
        windows,
        config,
        audit,
        serving,
    ):
        for command in module.commands(desk):
            app.cli.add_command(command)
