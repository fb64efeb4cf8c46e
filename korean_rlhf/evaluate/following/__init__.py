"""Korean instructions whose fulfilment code can check: the constraints, prompts and scores."""
