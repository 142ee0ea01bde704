import base64
import hashlib
import re
from importlib.resources import files

from k2_jupyter.adapters.report import scripts


def test_the_library_is_what_its_source_says() -> None:
    vendor = files("k2_jupyter.adapters.report").joinpath("vendor")
    content = vendor.joinpath("plotly-cartesian.min.js").read_bytes()

    assert hashlib.sha256(content).hexdigest() == scripts.LIBRARY_SHA256
    assert scripts.LIBRARY_SHA256 in vendor.joinpath("SOURCE.md").read_text()
    assert vendor.joinpath("LICENSE").read_text().startswith("MIT License")
    assert b"</script" not in content
    assert b"\r" not in content


def test_a_page_gets_only_the_scripts_that_it_needs() -> None:
    assert scripts.needed(tables=False, charts=False) == []
    assert len(scripts.needed(tables=True, charts=False)) == 1
    assert [len(one) > 1_000_000 for one in scripts.needed(tables=True, charts=True)] == [
        True,
        False,
        False,
    ]


def test_the_policy_allows_scripts_by_their_hash_alone() -> None:
    digest = base64.b64encode(hashlib.sha256(b"a()").digest()).decode()

    assert f"script-src 'sha256-{digest}';" in scripts.policy(["a()"])
    assert "script-src" not in scripts.policy([])
    assert not re.search(r"script-src[^;]*unsafe|eval|https?:", scripts.policy(["a()"]))
