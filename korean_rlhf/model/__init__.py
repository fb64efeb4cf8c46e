"""The network: shape, checkpoints, heads, generation, export. torch begins here."""
