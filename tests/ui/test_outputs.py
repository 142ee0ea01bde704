"""Rich outputs of the agent's cells are as live as those of the user's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Open
from tests.ui.scripts import Scripts, cell

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SLIDER = "import ipywidgets\nslider = ipywidgets.IntSlider(7, description='weeks')\nslider"
OUTPUT = "box = ipywidgets.Output()\ndisplay(box)\nwith box:\n    print('inside')\nprint('outside')"
BAR = "from tqdm.notebook import tqdm\nfor _ in tqdm(range(3), desc='rows'):\n    pass"
PLOT = "import plotly.graph_objects as go\ngo.Figure(go.Bar(x=['a', 'b'], y=[1, 2])).show()"
PICTURE = "%matplotlib inline\nimport matplotlib.pyplot as plt\n_ = plt.plot([1, 2])"
SCRIPT = """from IPython.display import HTML
HTML("<b id='made'></b><script>document.getElementById('made').textContent = 'live'</script>")"""
UPDATE = """shown = display('old', display_id=True)
shown.update('new')
print('gone')
from IPython.display import clear_output
clear_output(wait=True)
print('kept')"""


def test_widgets_are_live(notebook: Open, model: Scripts) -> None:
    model.steps["widgets"] = [cell(SLIDER, "slider"), cell(OUTPUT, "output"), cell(BAR, "bar")]
    sidebar = notebook("slider.value")
    sidebar.finish("widgets please")
    handle = sidebar.made("slider").get_by_role("slider")
    expect(handle).to_be_visible()
    handle.focus()
    sidebar.page.keyboard.press("ArrowRight")
    expect(sidebar.made("slider").locator(".widget-readout")).to_have_text("8")
    expect(sidebar.notebook.run(0)).to_contain_text("8")
    output = sidebar.made("output")
    expect(output.locator(".jp-OutputArea .jp-OutputArea").first).to_contain_text("inside")
    expect(output).to_contain_text("outside")
    expect(sidebar.made("bar")).to_contain_text(re.compile("3/3"))
    assert sidebar.notebook.problems == []


@pytest.mark.full
def test_figures_are_drawn_and_displays_updated(notebook: Open, model: Scripts) -> None:
    sources = {"plot": PLOT, "picture": PICTURE, "script": SCRIPT, "update": UPDATE}
    model.steps["figures"] = [cell(source, purpose) for purpose, source in sources.items()]
    sidebar = notebook()
    sidebar.ask("figures please")
    sidebar.allow_all()  # a script in an output is asked for
    expect(sidebar.made("plot").locator(".js-plotly-plot .bars path").first).to_be_visible()
    expect(sidebar.made("picture").locator("img")).to_be_visible()
    expect(sidebar.made("script").locator(".jp-OutputArea-output")).to_have_text("live")
    expect(sidebar.made("update").locator(".jp-OutputArea-output")).to_have_text("kept\n")
    assert sidebar.notebook.problems == []
