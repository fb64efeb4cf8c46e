"""Prompts compared: templates and worked examples, on questions with a known answer."""
