"""From nothing to a Korean chat model of your own: corpus, training, evaluation."""

__version__ = "0.1.0"
