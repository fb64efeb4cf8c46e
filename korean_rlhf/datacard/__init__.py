"""The data card of a corpus folder: README.md with its plots, measured from the shards."""

from korean_rlhf.datacard.licenses import obligations
from korean_rlhf.datacard.page import write_card
from korean_rlhf.datacard.survey import count_marks

__all__ = ["count_marks", "obligations", "write_card"]
