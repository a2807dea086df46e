"""Ids are shown by an end that tells them apart, and named again by their start or end."""

from dataclasses import replace

import numpy as np
import pytest

from engine.holds.naming import place_of, short_ids
from ledger.batch import TransferKind, Transfers, no_transfers
from ledger.faults import SluiceError
from ledger.ids import to_hex

HEAD = 0x0000_0000_512A_0000
TAILS = (0x1111_0000_AAAA_0001, 0x1111_0000_AAAA_0002, 0x2222_0000_BBBB_0001)
IDS = [to_hex(HEAD, tail) for tail in TAILS]


def empty(count: int) -> Transfers:
    return replace(
        no_transfers(),
        id_hi=np.zeros(count, np.uint64),
        id_lo=np.zeros(count, np.uint64),
        kind=np.zeros(count, np.int64),
    )


def transfers(kinds: tuple[int, ...] = (TransferKind.PENDING,) * 3) -> Transfers:
    lines = empty(3)
    lines.id_hi[:], lines.id_lo[:], lines.kind[:] = HEAD, np.array(TAILS, np.uint64), kinds
    return lines


def test_the_end_tells_ids_apart() -> None:
    assert short_ids(IDS) == {one: one[-8:] for one in IDS}
    alike = [f"{place}{'0' * 31}" for place in range(3)]
    assert short_ids(alike) == {one: one for one in alike}
    assert short_ids([]) == {}


@pytest.mark.parametrize("place", range(3))
def test_an_id_or_its_end_names_the_transfer(place: int) -> None:
    for text in (
        IDS[place],
        IDS[place][-8:],
        IDS[place][-5:] if place == 1 else IDS[place][-7:],
        IDS[place][:31] + IDS[place][31],
    ):
        assert place_of(transfers(), text) == place


def test_several_are_refused_with_the_choices() -> None:
    with pytest.raises(SluiceError) as refused:
        place_of(transfers(), "0001")
    assert refused.value.code == "transfer_ambiguous"
    assert refused.value.sentence == f'"0001" names 2 transfers; write more of one of these: {IDS[0]} or {IDS[2]}.'
    with pytest.raises(SluiceError, match="names 3 transfers"):
        place_of(transfers(), "00000000512a")


def test_many_choices_are_cut() -> None:
    lines = empty(9)
    lines.id_lo[:], lines.kind[:] = np.arange(9), TransferKind.PENDING
    with pytest.raises(SluiceError, match="and 4 more"):
        place_of(lines, "00000000")


def test_what_is_on_its_way_goes_first() -> None:
    lines = transfers((TransferKind.POST, TransferKind.POST, TransferKind.PENDING))
    assert place_of(lines, "0001") == 2
    assert place_of(lines, IDS[0]) == 0


@pytest.mark.parametrize("text", ["", "001", "x001", "0003", "0" * 33, "AAAA0001"])
def test_what_is_no_id_names_nothing(text: str) -> None:
    assert place_of(transfers(), text) is None
