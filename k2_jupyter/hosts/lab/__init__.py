"""JupyterLab's sidebar: the server runs the turns, the page shows them."""
