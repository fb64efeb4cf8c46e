"""Spiders that fetch pages politely and archive them as WARC; cleaning is a later stage's work."""
