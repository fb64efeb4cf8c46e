"""What came of a translation: report.html, sample.html to read, report.json."""

from korean_rlhf.translate.report.write import write_report

__all__ = ["write_report"]
