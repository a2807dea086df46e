"""The closed list of codes with which a profile, a statement or one of its lines is refused, and what each means."""

from typing import Final, NamedTuple

PROFILE_CODES: Final = {
    "profile_unknown": "no profile of that name, or no such file",
    "profile_invalid": "the profile has fields that are wrong; the sentence lists each",
}
FILE_CODES: Final = {
    "file_unreadable": "the statement file cannot be read at all",
    "file_too_large": "more bytes than a statement may have, packed or unpacked",
    "file_kind": "the file is of another kind: a workbook, an archive, a PDF",
    "gzip_damaged": "the compressed file is cut off or altered",
    "too_many_lines": "more lines than one statement may have",
    "header_missing": "the profile promises a header and the file ends before it",
    "column_missing": "the header has no column of the name that the profile gives",
    "column_twice": "the header has the column that the profile names more than once",
}
LINE_CODES: Final = {
    "line_too_long": "one physical line longer than any statement's",
    "line_encoding": "bytes that are not text in the profile's encoding",
    "line_nul": "a NUL byte: the line is damaged",
    "line_quotes": "quote marks that do not pair up",
    "line_width": "more or fewer fields than the other lines",
    "value_missing": "a field that must be filled is empty",
    "reference_format": "an id or account reference that is too long or not printable",
    "id_changed": "the same line id was read before with other content",
    "date_format": "not a date in the profile's format",
    "date_impossible": "no such day in the calendar",
    "date_range": "a year before 1900 or after 2199",
    "amount_format": "not an amount with the profile's marks and at most two decimals",
    "amount_range": "more than 10,000,000,000,000.00 either way",
    "amount_zero": "a line that moves nothing",
    "amount_signed": "a sign where the column or the direction already says which way the money goes",
    "amount_sides": "debit and credit are both filled, or neither is",
    "direction_unknown": "a direction word that the profile does not list",
    "more_problems": "the list of problems was cut; it says how many were left out",
}


class Fault(NamedTuple):
    """Why a value was refused: a code of LINE_CODES, and a sentence with what was wrong and what would be right."""

    code: str
    sentence: str
