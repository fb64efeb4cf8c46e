"""Our language model class for lm-eval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import TemplateLM
from lm_eval.utils import get_rolling_token_windows, make_disjoint_window

from korean_rlhf.errors import KoreanRLHFError
from korean_rlhf.evaluate.journal import Journal, request_key
from korean_rlhf.evaluate.models import Loaded, Scored, Tokens
from korean_rlhf.evaluate.served import Served
from korean_rlhf.progress import track


class BrokenModel(KoreanRLHFError):
    """The numbers of a model are not finite."""


class KoreanLM(TemplateLM):  # type: ignore[misc]
    """Scores like lm-eval's own `hf` model, faster; the two agree to rounding.

    Where the tokens of context + continuation do not begin with those of the context (a merge
    across the boundary), `hf` feeds a sequence that the tokenizer would never write. Here the
    tokens of the whole are kept, and scored from the first one that differs.

    The model may be loaded here or be held by a server: what is asked of it is the same.
    """

    def __init__(
        self, loaded: Loaded | Served, *, batch_tokens: int = 0, label: str = "scoring"
    ) -> None:
        super().__init__()
        self.reading = loaded
        self.loaded = loaded if isinstance(loaded, Loaded) else None
        """The model, where it is on this machine."""
        self.journal: Journal | None = None
        """Where answers are kept as they come; None keeps none."""
        self.tokenizer = loaded.tokenizer
        self.label = label
        self.scorer = loaded.scorer(batch_tokens)
        self.writer = loaded.writer()
        self.truncated = 0
        """Requests so far that lost their beginning, for the model cannot read as much; those in
        the journal, too."""
        self._begin = [loaded.begin_id] if loaded.begins else []

    @property
    def eot_token_id(self) -> int:
        """The token that ends a text."""
        return self.reading.end_id

    @property
    def prefix_token_id(self) -> int:
        """The token that stands before an empty context."""
        return self.reading.begin_id

    @property
    def tokenizer_name(self) -> str:
        """Name for lm-eval's request cache, which we do not use."""
        return str(self.tokenizer.name_or_path)

    def tok_encode(
        self, string: str, add_special_tokens: bool | None = None, **kwargs: Any
    ) -> Tokens:
        """Return the tokens of `string`, with BOS before it where the model learned it so."""
        begin = self.tokenizer.bos_token
        if add_special_tokens is None:
            add_special_tokens = not (begin and string.startswith(begin))
        # A longer text than the model reads is cut into windows later: no warning.
        tokens: Tokens = self.tokenizer.encode(
            string, add_special_tokens=add_special_tokens, verbose=False
        )
        return self._begin + tokens if add_special_tokens else tokens

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """Return a dialogue as the text that the model was trained on."""
        text: str = self.tokenizer.apply_chat_template(
            chat_history, tokenize=False, add_generation_prompt=add_generation_prompt
        )
        return text

    def loglikelihood(
        self, requests: list[Instance], disable_tqdm: bool = False
    ) -> list[tuple[float, bool]]:
        """Return log-likelihood and greediness of each (context, continuation)."""
        texts = [request.args for request in requests]
        # A blank before the continuation belongs to its first word, so the context ends before it.
        befores = [context.rstrip() for context, _ in texts]
        wholes = [context + continuation for context, continuation in texts]
        encoded = self.encode_distinct([*befores, *wholes])
        return self._score(
            [
                split_tokens(encoded[before], encoded[whole], self.prefix_token_id)
                if before
                else self._alone(whole)
                for before, whole in zip(befores, wholes, strict=True)
            ]
        )

    def encode_distinct(self, texts: Sequence[str]) -> dict[str, Tokens]:
        """Return the tokens of each text, every distinct one encoded once, on all cores."""
        begin = self.tokenizer.bos_token
        plain = [text for text in dict.fromkeys(texts) if text]
        started = [text for text in plain if begin and text.startswith(begin)]
        others = [text for text in plain if not (begin and text.startswith(begin))]
        encoded: dict[str, Tokens] = {}
        if started:
            found = self.tokenizer(started, add_special_tokens=False, verbose=False)["input_ids"]
            encoded |= dict(zip(started, found, strict=True))
        if others:
            found = self.tokenizer(others, add_special_tokens=True, verbose=False)["input_ids"]
            encoded |= {text: self._begin + ids for text, ids in zip(others, found, strict=True)}
        return encoded

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has by itself, without special tokens."""
        distinct = list(dict.fromkeys(texts))
        if not distinct:
            return []
        encoded = self.tokenizer(distinct, add_special_tokens=False)["input_ids"]
        sizes = {text: len(ids) for text, ids in zip(distinct, encoded, strict=True)}
        return [sizes[text] for text in texts]

    def _alone(self, text: str) -> tuple[Tokens, Tokens]:
        """Return a continuation without a context: BOS stands before it."""
        return [self.prefix_token_id], self.tok_encode(text, add_special_tokens=False)

    def loglikelihood_rolling(
        self, requests: list[Instance], disable_tqdm: bool = False
    ) -> list[float]:
        """Return the log-likelihood of each whole text, in windows as long as the model reads.

        Each token is counted once. The text is encoded without special tokens, and BOS stands
        before the first: `hf` scores a BOS that the tokenizer adds as if it were text.
        """
        pairs: list[tuple[Tokens, Tokens]] = []
        owners: list[int] = []
        for index, request in enumerate(requests):
            tokens = self.tok_encode(request.args[0], add_special_tokens=False)
            windows = get_rolling_token_windows(
                token_list=tokens,
                prefix_token=self.prefix_token_id,
                max_seq_len=self.reading.max_length,
                context_len=1,
            )
            found = [make_disjoint_window(window) for window in windows]
            pairs += found
            owners += [index] * len(found)
        totals = [0.0] * len(requests)
        for owner, (logprob, _) in zip(owners, self._score(pairs), strict=True):
            totals[owner] += logprob
        return totals

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """Return a greedy continuation of each context, cut at the first stop string."""
        return self.write(
            [(self.tok_encode(context), options) for context, options in _arguments(requests)]
        )

    def write(self, asked: Sequence[tuple[Tokens, dict[str, Any]]]) -> list[str]:
        """Return a greedy continuation of each prompt, by the options that stand beside it.

        Those in the journal are not written again.
        """
        self.truncated += sum(
            len(tokens) > self.reading.room_before(options) for tokens, options in asked
        )
        keys = [request_key(tokens, options=repr(options)) for tokens, options in asked]
        answers = self._known(keys)
        distinct = dict(zip(keys, asked, strict=True))
        todo = [key for key in distinct if key not in answers]
        with track(len(todo), self.label, "answers") as advance:

            def finished(at: int, text: str) -> None:
                self._keep({todo[at]: _cut(text, distinct[todo[at]][1])}, answers)
                advance(1)

            self.writer.write([distinct[key] for key in todo], finished)
        return [answers[key] for key in keys]

    def score_pairs(self, pairs: Sequence[tuple[Tokens, Tokens]]) -> list[Scored]:
        """Return the log-likelihood and greediness of each (context, continuation) in tokens."""
        return self._score(list(pairs))

    def _loglikelihood_tokens(self, requests: Any, **kwargs: Any) -> list[tuple[float, bool]]:
        return self._score([(context, continuation) for _, context, continuation in requests])

    def _score(self, pairs: list[tuple[Tokens, Tokens]]) -> list[Scored]:
        """Return the scores of token pairs; those in the journal are not computed again."""
        self.truncated += self.scorer.cut(pairs)
        keys = [request_key(*pair) for pair in pairs] if self.journal else []
        answers = self._known(keys)
        todo = [at for at in range(len(pairs)) if not keys or keys[at] not in answers]

        def finished(found: dict[int, Scored]) -> None:
            self._require_finite(found)
            if keys:
                self._keep({keys[todo[at]]: scored for at, scored in found.items()}, answers)

        with track(len(todo), self.label, "requests") as advance:
            scored = self.scorer.score([pairs[at] for at in todo], advance, finished)
        if not keys:
            return scored
        return [(float(answers[key][0]), bool(answers[key][1])) for key in keys]

    def _require_finite(self, found: dict[int, Scored]) -> None:
        """Raise an error for a model whose numbers are broken: a choice among them means nothing.

        Raises:
            BrokenModel: a log-likelihood is not a finite number.
        """
        if not all(math.isfinite(logprob) for logprob, _ in found.values()):
            raise BrokenModel(
                f"{self.label}: the model gives log-likelihoods that are no finite numbers. "
                "Check its weights, or give --precision fp32."
            )

    def _known(self, keys: Sequence[str]) -> dict[str, Any]:
        known = self.journal.known if self.journal else {}
        return {key: known[key] for key in keys if key in known}

    def _keep(self, found: dict[str, Any], answers: dict[str, Any]) -> None:
        answers |= found
        if self.journal:
            self.journal.add(found)


def split_tokens(context: Tokens, whole: Tokens, prefix: int) -> tuple[Tokens, Tokens]:
    """Return `whole` in two: the longest part that begins as `context` does, and the rest.

    >>> split_tokens([5, 6], [5, 6, 7], 1)
    ([5, 6], [7])

    A merge across the boundary moves it to the left; nothing shared leaves `prefix` before.

    >>> split_tokens([5, 6], [5, 9], 1)
    ([5], [9])
    >>> split_tokens([5], [9], 1)
    ([1], [9])
    """
    shared = 0
    while shared < min(len(context), len(whole)) and context[shared] == whole[shared]:
        shared += 1
    if shared == len(whole):  # an empty continuation: its last token stands for it
        shared -= 1
    return (whole[:shared], whole[shared:]) if shared else ([prefix], whole)


def _arguments(requests: Sequence[Instance]) -> list[tuple[str, dict[str, Any]]]:
    """Return the prompt and the options of each request."""
    return [request.args for request in requests]


def _cut(text: str, options: dict[str, Any]) -> str:
    until = options.get("until", [])
    for stop in [until] if isinstance(until, str) else until:
        text = text.split(stop)[0]
    return text
