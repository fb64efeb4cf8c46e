"""What a run has sent and paid, and the budget that it may not pass."""

from __future__ import annotations

import threading
from typing import Literal, NamedTuple, TypeAlias

from korean_rlhf.errors import EndpointError
from korean_rlhf.settings.engines import BudgetSettings

MILLION = 1_000_000
CHARACTERS_READ = 4
"""Characters of English for one token that a chat model reads, about."""
CHARACTERS_ANSWERED = 2
"""Characters of English for one token of their Korean translation, about: half as many syllables as
letters, and a token a syllable."""
Billing: TypeAlias = Literal["tokens", "characters"]
"""What a service counts on its bill."""


class BudgetSpent(EndpointError):
    """The next request would pass the budget; nothing of it was sent."""


class Reservation(NamedTuple):
    """Room in the budget for one request under way."""

    characters: int
    cost: float
    """The most that it is thought to cost."""
    billing: Billing


class Meter:
    """Counts characters and money over all threads and servers of one run.

    A request is reserved before it is sent and settled when it was answered, so that requests under
    way count too. What a chat model takes is known only afterwards: until then a request counts
    with the dearest price per character so far, and before the first answer with one token read
    and one written for each character, which no model needs.
    """

    def __init__(self, budget: BudgetSettings | None = None) -> None:
        self.budget = budget or BudgetSettings()
        self.characters = 0
        """Characters of answered requests."""
        self.cost = 0.0
        """Their price, in the currency of the prices."""
        self._under_way = 0
        self._reserved = 0.0
        self._dearest: dict[Billing, float] = {}
        self._lock = threading.Lock()

    def reserve(self, characters: int, billing: Billing) -> Reservation:
        """Take room for a request of `characters`.

        Raises:
            BudgetSpent: it would pass the budget.
        """
        budget = self.budget
        with self._lock:
            wanted = Reservation(characters, self._guess(characters, billing), billing)
            sent = self.characters + self._under_way + characters
            cost = self.cost + self._reserved + wanted.cost
            if budget.max_characters is not None and sent > budget.max_characters:
                raise self._spent("--max-characters", f"{budget.max_characters:,}")
            if budget.max_cost is not None and cost > budget.max_cost:
                raise self._spent("--max-cost", f"{budget.max_cost:g}")
            self._under_way += characters
            self._reserved += wanted.cost
        return wanted

    def settle(self, held: Reservation, prompt_tokens: int = 0, completion_tokens: int = 0) -> None:
        """Count a reserved request that was answered.

        A server of a chat model that tells no tokens is counted as if it had taken the most.
        """
        known = bool(held.billing == "characters" or prompt_tokens or completion_tokens)
        cost = held.cost
        if known:
            cost = self.price(held.characters, prompt_tokens, completion_tokens, held.billing)
        with self._lock:
            self._give_back(held)
            self.characters += held.characters
            self.cost += cost
            if held.characters and known:
                before = self._dearest.get(held.billing, 0.0)
                self._dearest[held.billing] = max(before, cost / held.characters)

    def release(self, held: Reservation) -> None:
        """Give back the room of a request that was not answered."""
        with self._lock:
            self._give_back(held)

    def price(
        self, characters: int, prompt_tokens: int, completion_tokens: int, billing: Billing
    ) -> float:
        """Return what such a request costs."""
        budget = self.budget
        by_tokens = (
            prompt_tokens * budget.price_per_million_prompt_tokens
            + completion_tokens * budget.price_per_million_completion_tokens
        )
        if billing == "tokens" and self._has_token_prices:
            return by_tokens / MILLION
        return characters * budget.price_per_million_characters / MILLION

    def estimate(self, characters: int, billing: Billing) -> float:
        """Return about what requests of `characters` cost, before anything was sent."""
        prompt, written = characters // CHARACTERS_READ, characters // CHARACTERS_ANSWERED
        return self.price(characters, prompt, written, billing)

    def spent(self) -> dict[str, float]:
        """Return what the run has paid, for the manifest."""
        return {"characters": self.characters, "cost": round(self.cost, 6)}

    def shown(self) -> dict[str, str]:
        """Return what stands beside a progress bar."""
        shown = {"characters": f"{self.characters:,}"}
        return shown | ({"cost": f"{self.cost:,.4f}"} if self.cost else {})

    @property
    def _has_token_prices(self) -> bool:
        budget = self.budget
        return bool(
            budget.price_per_million_prompt_tokens or budget.price_per_million_completion_tokens
        )

    def _guess(self, characters: int, billing: Billing) -> float:
        """Return the most that a request of `characters` costs, as far as is known."""
        if billing in self._dearest:
            return characters * self._dearest[billing]
        return self.price(characters, characters, characters, billing)

    def _give_back(self, held: Reservation) -> None:
        self._under_way -= held.characters
        self._reserved -= held.cost

    def _spent(self, flag: str, limit: str) -> BudgetSpent:
        paid = f", {self.cost:.4f} paid" if self.cost else ""
        return BudgetSpent(
            f"The budget {flag} {limit} is used up: {self.characters:,} characters were sent in "
            f"this run{paid}, and the next request would pass it. What was paid for is kept: run "
            f"the same command again, with a higher {flag} to go further at once; answers in the "
            "cache cost nothing."
        )
