"""Sources of text: each reader turns one kind of input into raw documents."""
