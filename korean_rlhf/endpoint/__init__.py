"""The one client of model servers, with retries, a budget and a cache that pays once."""

from korean_rlhf.endpoint.budget import BudgetSpent, Meter
from korean_rlhf.endpoint.client import Endpoint, RequestRefused
from korean_rlhf.endpoint.pace import Traffic
from korean_rlhf.endpoint.questions import Question
from korean_rlhf.endpoint.replies import Reply, ReplyCache
from korean_rlhf.endpoint.services import Service, base_address, chat_address
from korean_rlhf.endpoint.thoughts import without_thoughts
from korean_rlhf.endpoint.threads import each

__all__ = [
    "BudgetSpent",
    "Endpoint",
    "Meter",
    "Question",
    "Reply",
    "ReplyCache",
    "RequestRefused",
    "Service",
    "Traffic",
    "base_address",
    "chat_address",
    "each",
    "without_thoughts",
]
