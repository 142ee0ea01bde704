from __future__ import annotations

import pytest

from k2_jupyter.errors import SettingsError
from k2_jupyter.models.address import checked, host, is_loopback, origin


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.example.org/v1/", "https://api.example.org/v1"),
        (" https://api.example.org:8443/v1", "https://api.example.org:8443/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://localhost/v1", "http://localhost/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_https_and_this_machine_are_taken(given: str, kept: str) -> None:
    assert checked(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "http://api.example.org/v1",
        "http://127.0.0.1.example.org/v1",
        "http://localhost.example.org/v1",
        "http://10.0.0.1/v1",
        "https://user:hunter2@example.org/v1",
        "https://user@example.org/v1",
        "https://example.org/v1?key=hunter2",
        "https://example.org/v1#hunter2",
        "https://example.org:99999/v1",
        "https://example.org:0/v1",
        "file:///etc/passwd",
        "example.org/v1",
        "https://",
        "https://[::1",
        "",
    ],
)
def test_what_could_leak_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checked(given)
    assert "hunter2" not in str(caught.value)


def test_the_same_place_is_the_same_whatever_its_path() -> None:
    assert origin("https://Example.org/v1") == origin("https://example.org:443/other")
    assert origin("https://example.org/v1") != origin("https://example.org:8443/v1")
    assert origin("https://example.org/v1") != origin("https://api.example.org/v1")


def test_messages_name_host_and_port() -> None:
    assert host("https://example.org/v1") == "example.org"
    assert host("http://[::1]:8000/v1") == "[::1]:8000"
    assert is_loopback("http://127.9.9.9/v1")
    assert not is_loopback("https://example.org/v1")
