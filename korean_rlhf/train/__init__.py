"""The training stages: pretrain, sft, reward and ppo on one optimiser loop."""
