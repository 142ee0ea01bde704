from __future__ import annotations

import pytest

from k2_jupyter.models.retry import RetryPolicy


def test_waits_double_up_to_a_bound_with_jitter() -> None:
    policy = RetryPolicy(attempts=99, first_wait=1.0, longest_wait=8.0, total_seconds=1e9)
    for attempt, full in enumerate([1, 2, 4, 8, 8, 8], start=1):
        waits = {policy.wait(attempt, 0.0, None) for _ in range(50)}
        assert len(waits) > 1
        assert all(wait is not None and 0.75 * full <= wait <= 1.25 * full for wait in waits)


def test_what_the_endpoint_asks_for_wins() -> None:
    assert RetryPolicy().wait(1, 0.0, 17.0) == 17.0


@pytest.mark.parametrize(
    ("attempt", "elapsed", "requested"), [(10, 0.0, None), (1, 599.9, None), (1, 0.0, 121.0)]
)
def test_it_ends(attempt: int, elapsed: float, requested: float | None) -> None:
    assert RetryPolicy().wait(attempt, elapsed, requested) is None


def test_an_endpoint_never_heard_of_is_given_up_soon() -> None:
    assert RetryPolicy().wait(3, 0.0, None, reached=True) is not None
    assert RetryPolicy().wait(3, 0.0, None, reached=False) is None


def test_answers_that_hold_nothing_are_asked_for_less_often() -> None:
    assert RetryPolicy().wait(2, 0.0, None, empties=2) is not None
    assert RetryPolicy().wait(3, 0.0, None, empties=3) is None


def test_a_server_that_reads_slowly_is_given_time_for_it_and_no_less_for_the_answer() -> None:
    policy = RetryPolicy(first_seconds=600.0, answer_seconds=900.0, total_seconds=600.0)
    assert policy.reading(None) == policy
    slow = policy.reading(3_600)
    assert (slow.first_seconds, slow.answer_seconds, slow.total_seconds) == (3_600, 3_900, 3_600)
    assert policy.reading(60).answer_seconds == 900.0
