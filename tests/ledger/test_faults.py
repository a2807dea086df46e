"""A fault carries its code, sentence and field."""

from ledger.faults import SluiceError


def test_a_fault_says_its_sentence() -> None:
    fault = SluiceError("date", "This is no date.", "goal.by")
    assert (str(fault), fault.code, fault.sentence, fault.field) == (
        "This is no date.",
        "date",
        "This is no date.",
        "goal.by",
    )
