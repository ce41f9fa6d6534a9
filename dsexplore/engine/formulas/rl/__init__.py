"""Reinforcement learning and what else follows pre-training."""
