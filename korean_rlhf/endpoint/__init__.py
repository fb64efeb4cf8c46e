"""The one client of OpenAI-compatible model servers, with retries and a cache that pays once."""

from korean_rlhf.endpoint.client import Endpoint, RequestRefused, base_address, chat_address
from korean_rlhf.endpoint.questions import Question
from korean_rlhf.endpoint.replies import Reply, ReplyCache

__all__ = [
    "Endpoint",
    "Question",
    "Reply",
    "ReplyCache",
    "RequestRefused",
    "base_address",
    "chat_address",
]
