"""The reward and value head: one number for each token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification, PreTrainedModel
from transformers.modeling_layers import GenericForSequenceClassification
from transformers.modeling_outputs import SequenceClassifierOutputWithPast

from korean_rlhf.model import checkpoint
from korean_rlhf.model.config import KoGPTConfig
from korean_rlhf.model.gpt import KoGPTModel, KoGPTPreTrainedModel


class RewardModel(nn.Module):
    """A decoder with a linear head that gives each token one number.

    It is a reward model when its last token is read (`score`), a value model when all are
    (`values`). The head starts as N(0, 1/sqrt(hidden_size + 1)) with bias 0 (Stiennon et al. 2020,
    arXiv:2009.01325; "N implementation details of RLHF with PPO" has the square root that
    published code often misses).
    """

    def __init__(self, backbone: PreTrainedModel, seed: int = 0) -> None:
        super().__init__()
        self.backbone = backbone
        width = backbone.config.get_text_config().hidden_size
        self.head = nn.Linear(width, 1)
        start = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            self.head.weight.normal_(0.0, (width + 1) ** -0.5, generator=start)
            self.head.bias.zero_()

    def values(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
    ) -> Tensor:
        """Return (batch, time) float32: the number at each token, given the tokens up to it."""
        return self._numbers(self._states(input_ids, attention_mask, position_ids))

    def score_at(
        self,
        input_ids: Tensor,
        places: Tensor,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
    ) -> Tensor:
        """Return (scores,) float32: the number at some tokens only.

        Args:
            input_ids: (batch, time), padded on the right.
            places: (scores,) int64, where the tokens are in the flattened `input_ids`.
            attention_mask: As the decoder takes it, also (batch, 1, time, time) bool.
            position_ids: (batch, time) int64; None: counted along each row.
        """
        states = self._states(input_ids, attention_mask, position_ids)
        return self._numbers(states.flatten(0, 1)[places])

    def score(self, input_ids: Tensor, lengths: Tensor) -> Tensor:
        """Return (batch,) float32: the number at the last token of each row.

        Args:
            input_ids: (batch, time), padded on the right.
            lengths: (batch,) tokens of each row, without padding.
        """
        values = self.values(input_ids)
        return values.gather(1, (lengths.to(values.device) - 1)[:, None]).squeeze(1)

    def _states(
        self, input_ids: Tensor, attention_mask: Tensor | None, position_ids: Tensor | None
    ) -> Tensor:
        output = self.backbone(
            input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False
        )
        hidden: Tensor = output.last_hidden_state
        return hidden

    def _numbers(self, hidden: Tensor) -> Tensor:
        """Return float32 without the last dimension of `hidden`.

        The head computes in its own precision under autocast too: 8 bits of a score are too few.
        """
        with torch.autocast(hidden.device.type, enabled=False):
            values: Tensor = self.head(hidden.to(self.head.weight.dtype)).squeeze(-1)
        return values.float()

    def forward(self, *inputs: Tensor, **options: Any) -> Tensor:
        """Return `values`, so that wrappers such as DDP work."""
        return self.values(*inputs, **options)


class KoGPTForSequenceClassification(GenericForSequenceClassification, KoGPTPreTrainedModel):
    """The reward model for transformers, where the options are not Llama's or Qwen3's."""

    def forward(self, *inputs: Any, **options: Any) -> SequenceClassifierOutputWithPast:
        """Return `.logits`, (batch, 1): the score at the last token that is no padding."""
        output: SequenceClassifierOutputWithPast = super().forward(*inputs, **options)
        assert output.logits is not None  # the base class always gives them
        output.logits = output.logits + self.config.reward_bias
        return output


def save_reward(model: RewardModel, folder: Path, tokenizer_folder: Path | None = None) -> None:
    """Write a reward or value model that `AutoModelForSequenceClassification` opens.

    Transformers' head has no bias, so the bias (by which demonstrations score 0 on average) is
    written to config.json as `reward_bias`: `load_reward` and our own class add it, a plain Llama
    loader gives the score without it, which leaves every comparison as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = model.backbone.config
    tensors = {
        f"{model.backbone.base_model_prefix}.{name}": tensor
        for name, tensor in model.backbone.state_dict().items()
    } | {"score.weight": model.head.weight}
    checkpoint.write_weights(tensors, folder)
    config.reward_bias = float(model.head.bias.item())
    if isinstance(config, KoGPTConfig):
        checkpoint.write_config(config, folder, "ForSequenceClassification")
    else:
        _write_foreign_config(config, folder)
    if tokenizer_folder is not None:
        checkpoint.copy_tokenizer(tokenizer_folder, folder)


def load_reward(folder: Path, dtype: torch.dtype = torch.float32) -> RewardModel:
    """Return the reward or value model in `folder`, as `save_reward` wrote it.

    Raises:
        MissingInput: `folder` holds no config.json or no weights.
        BadInput: the weights do not fit.
    """
    config = checkpoint.read_config(folder)
    kogpt = checkpoint.as_kogpt(config)
    if kogpt is None:
        model = _load_foreign_reward(folder, dtype)
    else:
        model = RewardModel(checkpoint.empty_model(KoGPTModel, kogpt))
        tensors = checkpoint.read_weights(folder)
        ours = {
            name.replace("model.", "backbone.", 1).replace("score.weight", "head.weight"): tensor
            for name, tensor in tensors.items()
        }
        checkpoint.fill(model, ours, folder, missing_allowed=frozenset({"head.bias"}))
    with torch.no_grad():
        model.head.bias.fill_(getattr(config, "reward_bias", 0.0))
    return model.to(dtype).eval()


def _load_foreign_reward(folder: Path, dtype: torch.dtype) -> RewardModel:
    whole: Any = checkpoint.load_foreign(
        AutoModelForSequenceClassification, folder, dtype, num_labels=1
    )
    model = RewardModel(whole.base_model)
    with torch.no_grad():
        model.head.weight.copy_(whole.score.weight)
    return model


def _write_foreign_config(config: Any, folder: Path) -> None:
    config.num_labels = 1
    config.architectures = [
        name.replace("ForCausalLM", "ForSequenceClassification").replace(
            "LMHeadModel", "ForSequenceClassification"
        )
        for name in config.architectures or []
    ]
    config.save_pretrained(folder)


AutoModelForSequenceClassification.register(KoGPTConfig, KoGPTForSequenceClassification)
