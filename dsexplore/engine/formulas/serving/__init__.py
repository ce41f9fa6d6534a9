"""Serving: decoding, prefill, a fleet."""
