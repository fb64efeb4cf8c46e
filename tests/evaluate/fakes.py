"""lm-eval models that answer by a rule."""

from korean_rlhf.evaluate.harness import LN2


class Fake:
    """Says what the rule says of a request: a log-likelihood, or a written answer."""

    rank, world_size, tokenizer_name = 0, 1, ""

    def __init__(self, rule):
        self.rule = rule

    def loglikelihood(self, requests):
        return [(self.rule(request), False) for request in requests]

    def loglikelihood_rolling(self, requests):
        """Find every text one bit a byte long."""
        return [-len(request.args[0].encode()) * LN2 for request in requests]

    def generate_until(self, requests):
        return [self.rule(request) for request in requests]


class Counting(Fake):
    """Knows how many tokens a text has, too: its words."""

    def token_counts(self, texts):
        return [len(text.split()) for text in texts]
