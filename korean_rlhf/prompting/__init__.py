"""Prompts and answers as data: rank what judges have scored."""
