"""Instruction and preference sets in the shapes that people publish, read one row at a time."""

from korean_rlhf.translate.reading.formats import FORMATS, detect
from korean_rlhf.translate.reading.read import read_records, unread_row
from korean_rlhf.translate.reading.rows import Context, Record, Unread

__all__ = ["FORMATS", "Context", "Record", "Unread", "detect", "read_records", "unread_row"]
