"""What a run has sent and paid, and the budget that it may not pass."""

from __future__ import annotations

import threading

from korean_rlhf.errors import EndpointError
from korean_rlhf.settings.engines import BudgetSettings

MILLION = 1_000_000


class BudgetSpent(EndpointError):
    """The next request would pass the budget; nothing of it was sent."""


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
        self._dearest: float | None = None
        self._lock = threading.Lock()

    def reserve(self, characters: int) -> None:
        """Take room for a request of `characters`.

        Raises:
            BudgetSpent: it would pass the budget.
        """
        with self._lock:
            sent = self.characters + self._under_way + characters
            cost = self.cost + self.guess(self._under_way + characters)
            budget = self.budget
            if budget.max_characters is not None and sent > budget.max_characters:
                raise self._spent("--max-characters", f"{budget.max_characters:,}")
            if budget.max_cost is not None and cost > budget.max_cost:
                raise self._spent("--max-cost", f"{budget.max_cost:g}")
            self._under_way += characters

    def settle(self, characters: int, prompt_tokens: int = 0, completion_tokens: int = 0) -> None:
        """Count a reserved request that was answered."""
        price = self.price(characters, prompt_tokens, completion_tokens)
        with self._lock:
            self._under_way -= characters
            self.characters += characters
            self.cost += price
            if characters:
                self._dearest = max(self._dearest or 0.0, price / characters)

    def release(self, characters: int) -> None:
        """Give back the room of a request that was not answered."""
        with self._lock:
            self._under_way -= characters

    def price(self, characters: int, prompt_tokens: int = 0, completion_tokens: int = 0) -> float:
        """Return what such a request costs."""
        budget = self.budget
        return (
            (0 if prompt_tokens else characters) * budget.price_per_million_characters
            + prompt_tokens * budget.price_per_million_prompt_tokens
            + completion_tokens * budget.price_per_million_completion_tokens
        ) / MILLION

    def guess(self, characters: int) -> float:
        """Return what a request of `characters` costs at most, as far as is known."""
        if self._dearest is not None:
            return characters * self._dearest
        return max(self.price(characters), self.price(characters, characters, characters))

    def shown(self) -> dict[str, str]:
        """Return what stands beside a progress bar."""
        shown = {"characters": f"{self.characters:,}"}
        return shown | ({"cost": f"{self.cost:,.4f}"} if self.cost else {})

    def _spent(self, flag: str, limit: str) -> BudgetSpent:
        paid = f", {self.cost:.4f} paid" if self.cost else ""
        return BudgetSpent(
            f"The budget {flag} {limit} is used up: {self.characters:,} characters were sent in "
            f"this run{paid}, and the next request would pass it. What was paid for is kept: run "
            f"the same command again, with a higher {flag} to go further at once; answers in the "
            "cache cost nothing."
        )
