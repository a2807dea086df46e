"""A pytest plugin: a run that measures coverage fails unless what decides about money is covered to the last branch.

`fail_under` in pyproject.toml holds the whole; this holds the three folders that decide. It runs before pytest's last
line, so that the last line stays pytest's own.
"""

import io

import pytest
from coverage import Coverage
from coverage.exceptions import CoverageException

DECIDING = ("engine", "ledger", "rules")
_REPORT = pytest.StashKey[str]()


def gate(coverage: Coverage) -> str | None:
    """Return the report of what is not covered in the deciding folders, or None when all is."""
    report = io.StringIO()
    try:
        total = coverage.report(include=[f"{folder}/*" for folder in DECIDING], file=report, precision=2)
    except CoverageException as fault:
        return str(fault)
    return None if total == 100 else report.getvalue()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session when the gate is not passed."""
    config = session.config
    if hasattr(config, "workerinput") or not config.pluginmanager.hasplugin("_cov"):
        return
    coverage = Coverage()
    coverage.load()
    report = gate(coverage)
    if report is not None:
        config.stash[_REPORT] = report
        session.exitstatus = max(int(session.exitstatus), int(pytest.ExitCode.TESTS_FAILED))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what is missing above pytest's last line."""
    report = config.stash.get(_REPORT, None)
    if report is not None:
        terminalreporter.section("coverage gate: engine, ledger and rules must be covered 100%, branches too", red=True)
        terminalreporter.write_line(report)
