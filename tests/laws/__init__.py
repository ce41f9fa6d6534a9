"""Laws that hold of every legal scenario, tried on random ones.

python -m tests.laws [--scenarios N] [--seed S]
"""
