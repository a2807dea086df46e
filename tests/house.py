"""The rules of the house as functions: each reads one file and returns what it finds, one sentence a finding.

`tests/test_house.py` runs them over the repository and shows that each of them bites.
"""

import ast
import io
import itertools
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

EXACT = ("engine", "ledger", "rules", "store")  # where no float may stand for money, quantities or weights
CLOCKLESS = ("engine", "ledger", "rules", "store")  # where not even a duration is measured
READS_THE_CLOCK = ("app.py", "bench", "commands", "tests")  # `now` starts here and is passed in everywhere else
SPEAKS = ("app.py", "bench", "commands", "tests")  # may print
FOLDERS = ("bank", "bench", "commands", "engine", "ledger", "market", "rules", "store", "tests", "web")

MODULE_LINES, APP_LINES, FUNCTION_LINES, PARAMETERS = 300, 120, 40, 5
BANNED_WORDS = {"utils", "util", "helpers", "helper", "common", "manager", "service"}
WALL_CLOCK = {
    *((owner, word) for owner in ("datetime", "date", "dt", "func") for word in ("now", "utcnow", "today")),
    *(("time", word) for word in ("time", "time_ns", "localtime", "gmtime", "ctime")),
}
STOPWATCH = {
    *(("time", word) for word in ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time")),
    ("time", "sleep"),
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One text file of the repository, its path relative to the root."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file as Python sees it."""
        return ast.parse(self.text)

    def within(self, places: tuple[str, ...]) -> bool:
        """Tell whether the file is, or lies below, one of the places at the top of the repository."""
        return self.path.parts[0] in places

    def at(self, node: ast.AST, sentence: str) -> str:
        """Return a finding with its place."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {sentence}"


def _functions(source: Source) -> Iterator[Function]:
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def _docstring_lines(node: Function) -> int:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return (first.end_lineno or first.lineno) - first.lineno + 1
    return 0


def module_length(source: Source) -> list[str]:
    """A module has at most 300 lines; app.py, the table of contents, 120."""
    limit = APP_LINES if source.path.name == "app.py" else MODULE_LINES
    lines = len(source.text.splitlines())
    return [f"{source.path}: {lines} lines, at most {limit}: make it two modules"] if lines > limit else []


def function_length(source: Source) -> list[str]:
    """A function has at most 40 lines, its docstring and decorators not counted."""
    sizes = [(node, (node.end_lineno or 0) - node.lineno + 1 - _docstring_lines(node)) for node in _functions(source)]
    return [
        source.at(node, f"{node.name} has {size} lines, at most {FUNCTION_LINES}: make it two functions")
        for node, size in sizes
        if size > FUNCTION_LINES
    ]


def parameters(source: Source) -> list[str]:
    """A function has at most 5 parameters, `self` and `cls` not counted."""
    found = []
    for node in _functions(source):
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        count = len([one for one in given if one is not None and one.arg not in {"self", "cls"}])
        if count > PARAMETERS:
            found.append(source.at(node, f"{node.name} takes {count} parameters, at most {PARAMETERS}"))
    return found


def docstring(source: Source) -> list[str]:
    """A module opens with what it is for."""
    return [] if ast.get_docstring(source.tree) else [f"{source.path}: the module does not say what it is for"]


def names(source: Source) -> list[str]:
    """No module, class or function is named by a word that names nothing."""
    defined: list[tuple[ast.AST, str]] = [(source.tree, part) for part in source.path.with_suffix("").parts]
    defined += [(node, node.name) for node in ast.walk(source.tree) if isinstance(node, Function | ast.ClassDef)]
    return [
        source.at(node, f"the name {name} holds the word {word}: say what it does")
        for node, name in defined
        for word in sorted(_words(name) & BANNED_WORDS)
    ]


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def floats(source: Source) -> list[str]:
    """Where money is decided or kept, nothing is a float: no name, no number, no division that makes one."""
    return [source.at(node, "a float") for node in ast.walk(source.tree) if source.within(EXACT) and _is_float(node)]


def _is_float(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=float() | complex()) | ast.Name(id="float" | "complex"):
            return True
        case ast.Constant(value=str(word)):
            return bool(re.fullmatch(r"[<>=]?f[248]|float\d*", word))
        case ast.Attribute(attr=word):
            return bool(re.fullmatch(r"(c?float|complex|c?longdouble|double|half|true_divide)(ing)?\d*", word))
        case ast.BinOp(op=ast.Div(), left=left, right=right) | ast.AugAssign(op=ast.Div(), target=left, value=right):
            return any(isinstance(side, ast.Constant) and isinstance(side.value, int) for side in (left, right))
        case _:
            return False


def clocks(source: Source) -> list[str]:
    """Only the edge reads the wall clock, and what decides or keeps does not even measure how long it took."""
    wall = frozenset() if source.within(READS_THE_CLOCK) else WALL_CLOCK
    banned = wall | STOPWATCH if source.within(CLOCKLESS) else wall
    reading = [node for node in ast.walk(source.tree) if any(pair in banned for pair in _reads(node))]
    return [source.at(node, "reads a clock: take `now` as a value") for node in reading]


def _reads(node: ast.AST) -> list[tuple[str, str]]:
    """Return what a node may read, as pairs (owner, word)."""
    match node:
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=word):
            return [(owner, word)]
        case ast.ImportFrom(module="time", names=imported):
            return [("time", one.name) for one in imported]
        case _:
            return []


def prints(source: Source) -> list[str]:
    """Only commands speak to a terminal."""
    return [
        source.at(node, "prints: only commands speak to a terminal")
        for node in ast.walk(source.tree)
        if not source.within(SPEAKS) and isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def excuses(source: Source) -> list[str]:
    """Each exception to a tool's verdict names the verdict and gives the reason on the same line."""
    excuse = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no (cover|branch))\b(?P<rest>.*)")
    reason = re.compile(r"(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[\w, -]+\])?\s*[-—#:]+\s*\w[\w'`]*\s+\w")
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        match = excuse.match(token.string) if token.type == tokenize.COMMENT else None
        if match and not reason.match(match["rest"]):
            found.append(f"{source.path}:{token.start[0]}: {match[1]} without a reason after it")
    return found


def place(source: Source) -> list[str]:
    """Each module lies in a folder that the layers know."""
    if source.path.parts[0] in FOLDERS or str(source.path) == "app.py":
        return []
    return [f"{source.path}: no layer knows this place: add it to pyproject.toml's contracts and tests/house.py"]


def addresses(source: Source) -> list[str]:
    """No file names a package registry's host or a path of somebody's machine."""
    hosts = ["pypi" + r"\.org", "python" + "hosted", r"registry\.npm" + "js", r"deb\." + "debian"]
    here = re.compile("|".join([*hosts, r"(?<![\w.)}>])/(root|work|home|opt)/\w"]))
    return [
        f"{source.path}:{number}: holds the address {match[0]}"
        for number, line in enumerate(source.text.splitlines(), 1)
        if (match := here.search(line))
    ]


def lock(source: Source) -> list[str]:
    """A lock file holds versions and hashes, never where they come from."""
    return [
        f"{source.path}:{number}: holds an address: {line.strip()}"
        for number, line in enumerate(source.text.splitlines(), 1)
        if re.search(r"://|^\s*-(?!-hash=)|\s@\s|(^|\s)\.{0,2}/\w", line)
    ]


def glossary(source: Source, words: set[str]) -> list[str]:
    """The glossary defines each word of the dictionary once, in the order of the alphabet."""
    entries = re.findall(r"^- \*\*(.+?)\*\*: \S", source.text, re.MULTILINE)
    keys = [entry.casefold() for entry in entries]
    found = [f"{source.path}: the word {word} is missing" for word in sorted(words - set(entries))]
    found += [f"{source.path}: {key} stands twice" for key in sorted({key for key in keys if keys.count(key) > 1})]
    pairs = itertools.pairwise(keys)
    return found + [f"{source.path}: {later} stands after {earlier}" for earlier, later in pairs if later < earlier]


Check = Callable[[Source], list[str]]
PYTHON_CHECKS: tuple[Check, ...] = (
    clocks,
    docstring,
    excuses,
    floats,
    function_length,
    module_length,
    names,
    parameters,
    place,
    prints,
)
