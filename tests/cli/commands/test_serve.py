"""`dsexplore serve`: what it refuses before anything listens."""

import pytest


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "0"], "--port: found '0'; allowed: a whole number from 1 to 65535"),
        (["--port", "http"], "--port: found 'http'"),
        (["--host", "no-such-host.invalid"], "no-such-host.invalid:8000, "),
        (["--token", "short"], "--token: found 5 characters; allowed: at least 16"),
        (["deepseek-v33"], "no preset or file 'deepseek-v33'"),
    ],
)
def test_what_cannot_be_served_is_refused_in_one_line(words, said, refused):
    assert said in refused("serve", *words)
