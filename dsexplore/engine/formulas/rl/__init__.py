"""Reinforcement learning and the other stages after pre-training."""
