"""The pre-training run: hours, utilisation, cost."""
