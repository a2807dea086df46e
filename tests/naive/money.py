"""Text and whole numbers: money as integer cents, percents as basis points."""

HIGHEST = 10**15
"""The largest number of cents an account may hold; stands for "no ceiling"."""


def cents(text: str) -> int:
    """Cents of a decimal string with at most two decimals, sign allowed ("-12.5" gives -1250)."""
    negative = text.startswith("-")
    whole, _, decimals = text.removeprefix("-").partition(".")
    amount = int(whole) * 100 + int(decimals.ljust(2, "0"))
    return -amount if negative else amount


def shown(amount: int) -> str:
    """Cents as a decimal string with exactly two decimals."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def basis_points(percent: str) -> int:
    """Basis points of a percent string ("12.5%" gives 1250)."""
    return cents(percent.removesuffix("%"))


def split(amount: int, shares: list[int]) -> list[int]:
    """Split cents by shares in basis points that total 10,000: floor each, the missing cents by largest remainder.

    Ties go to the earlier share (rules.md 6, step 7).
    """
    parts = [amount * share // 10_000 for share in shares]
    missing = amount - sum(parts)
    by_remainder = sorted(range(len(shares)), key=lambda j: (-(amount * shares[j] % 10_000), j))
    for j in by_remainder[:missing]:
        parts[j] += 1
    return parts
