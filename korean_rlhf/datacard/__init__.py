"""The data card of a corpus folder: README.md with its plots, measured from the shards."""

from korean_rlhf.datacard.licenses import obligations
from korean_rlhf.datacard.page import write_card

__all__ = ["obligations", "write_card"]
