"""Packed documents: what attention computes of a sequence, and what is counted."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from tests.strategies import shipped

LLAMA = shipped("llama-3.1-405b").with_values({"sequence_length": 8192})


def test_attention_costs_what_its_documents_do() -> None:
    """Eight documents of 1,024 tokens in a sequence of 8,192 have an eighth of its square."""
    whole = evaluate(LLAMA.inputs())
    packed = evaluate(LLAMA.with_values({"mean_document_length": 1024}).inputs())
    assert packed["attention_flops_per_token"] == whole["attention_flops_per_token"] / 8
    # Kernels are slower on short documents.
    assert 1 / 8 < packed["layer_attention_time"] / whole["layer_attention_time"] < 1 / 3
    assert packed["training_flops_per_token"] < whole["training_flops_per_token"]
    # Megatron's formula counts the whole sequence, whatever the mask leaves out.
    full = "training_flops_per_token_full"
    assert packed[full] == whole[full]


@pytest.mark.parametrize("lengths", [(1024,), (512, 1536), (100, 100, 5800)])
def test_most_tokens_are_in_long_documents(lengths: tuple[int, ...]) -> None:
    """The squares of all documents, by hand, against their mean and variation."""
    mean = sum(lengths) / len(lengths)
    variance = sum((each - mean) ** 2 for each in lengths) / len(lengths)
    stated = {"mean_document_length": mean, "document_length_variation": variance**0.5 / mean}
    found = evaluate(LLAMA.with_values(stated).inputs())
    looked_back_on = sum(each * each / 2 for each in lengths) / sum(lengths)
    assert found["attended_tokens"] == pytest.approx(looked_back_on)


def test_a_document_longer_than_the_sequence_is_cut_to_it() -> None:
    cut = evaluate(LLAMA.with_values({"mean_document_length": 20_000}).inputs())
    assert cut["attended_tokens"] == evaluate(LLAMA.inputs())["attended_tokens"]
