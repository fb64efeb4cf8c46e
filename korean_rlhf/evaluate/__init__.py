"""Score every checkpoint on Korean tasks, and report what was learned."""
