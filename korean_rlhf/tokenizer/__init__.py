"""The tokenizer: training, report, chat template and loss mask, token files. No torch."""
