import pytest
from markupsafe import Markup

from k2_jupyter.adapters.report.claims import linked
from k2_jupyter.adapters.report.metadata import Claim

PLACES = {"c1": 'ANOVA "<b>"'}


def link(text: str) -> str:
    return f'<a class="claim" href="#cell-c1" title="ANOVA &#34;&lt;b&gt;&#34;">{text}</a>'


def claim(number: str, cell: str = "c1", *, found: bool = True) -> Claim:
    return Claim(number, "label", cell, found, "")


@pytest.mark.parametrize(
    ("html", "number", "shown"),
    [
        ("F = 324.35.", "324.35", f"F = {link('324.35')}."),
        ("1324.35, 324.351, 324.35", "324.35", f"1324.35, 324.351, {link('324.35')}"),
        ("1,234 and 234", "234", f"1,234 and {link('234')}"),
        ("<code>82,344</code>", "82,344", f"<code>{link('82,344')}</code>"),
        ('<i title="324.35">324.35</i>', "324.35", f'<i title="324.35">{link("324.35")}</i>'),
        ('<a href="#">324.35</a>', "324.35", '<a href="#">324.35</a>'),
        ("<math><mn>324.35</mn></math>", "324.35", "<math><mn>324.35</mn></math>"),
        ("52.9 % of", "52.9 %", f"{link('52.9 %')} of"),
        ("F(2, 10)", "2", "F(2, 10)"),
    ],
)
def test_a_number_links_to_its_cell(html: str, number: str, shown: str) -> None:
    assert linked(Markup(html), [claim(number)], PLACES) == shown  # noqa: S704


def test_each_claim_links_once_and_in_its_own_place() -> None:
    html = linked(
        Markup("10.5, 10.5 and 7.25"), [claim(n) for n in ("10.5", "7.25", "10.5")], PLACES
    )

    assert html == f"{link('10.5')}, {link('10.5')} and {link('7.25')}"


def test_no_link_without_a_finding_or_a_place() -> None:
    claims = [claim("324.35", found=False), claim("324.35", "elsewhere")]

    assert linked(Markup("324.35"), claims, PLACES) == "324.35"
