"""Open answers, judged by a model: scores and preferences that never mix with exact scores."""
