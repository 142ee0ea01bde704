"""A page that does not read fills no memory."""

from k2_jupyter.hosts.lab.outbox import Outbox


def test_what_a_page_lacks_at_first_may_be_of_any_size() -> None:
    outbox = Outbox(most=10)
    outbox.add(1_000)
    assert not outbox.is_full
    outbox.greeted()
    outbox.add(10)
    assert not outbox.is_full


def test_what_comes_later_may_not() -> None:
    outbox = Outbox(most=10)
    outbox.greeted()
    for size in (6, 6):
        outbox.add(size)
    assert outbox.is_full
    outbox.sent(6)
    assert not outbox.is_full
