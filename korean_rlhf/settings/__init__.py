"""One frozen dataclass a stage: the only source of flags, TOML keys and their documentation."""
