"""How a span ends when a Korean reads it aloud: what its particle (조사) hangs on."""

from korean_rlhf.translate.spoken.reading import UNKNOWN, Reading, read_aloud, read_end

__all__ = ["UNKNOWN", "Reading", "read_aloud", "read_end"]
