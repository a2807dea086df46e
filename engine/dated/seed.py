"""The rows that a new database begins with: what a public broker has published over the years (`seed.yaml`)."""

from functools import cache
from importlib.resources import files

from engine.dated.document import DatedRow, load_yaml
from engine.dated.history import Dated
from ledger.faults import SluiceError


@cache
def seed() -> tuple[DatedRow, ...]:
    """Give the rows of the seed, in the order of the file."""
    return read_seed(files("engine.dated").joinpath("seed.yaml").read_bytes())


@cache
def seeded() -> Dated:
    """Give the configuration of a database to which nothing was added."""
    return Dated(seed())


def read_seed(data: bytes) -> tuple[DatedRow, ...]:
    """Read a file of rows. Raises SluiceError `config_seed`, with the first problem, for one that is broken."""
    read = load_yaml(data)
    if read.document is None:
        problem = read.problems[0]
        raise SluiceError("config_seed", f"{problem.path}: {problem.sentence}", problem.path)
    return read.document.dated()
