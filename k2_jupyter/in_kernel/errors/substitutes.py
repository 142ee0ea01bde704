"""What may stand for what: packages of one purpose, names that have moved.

Data, read by the hints about errors. Runs inside the user's kernel. The moves are those
that the release notes of numpy 1.20-2.0, pandas 1.0-3.0, scipy 1.7-1.14, scikit-learn
1.0-1.6, seaborn 0.11-0.13, matplotlib 3.9 and polars 0.19-1.0 name.
"""

from __future__ import annotations

PURPOSES = {
    "plots": "matplotlib seaborn plotly altair bokeh plotnine hvplot holoviews pygal",
    "data frames": "pandas polars pyarrow duckdb dask modin vaex",
    "statistics": "scipy statsmodels pingouin scikit_posthocs lifelines",
    "models": "sklearn statsmodels xgboost lightgbm catboost torch tensorflow keras jax",
    "time series": "statsmodels prophet pmdarima sktime arch",
    "Excel files": "openpyxl python_calamine xlsxwriter xlrd pyxlsb",
    "Parquet files": "pyarrow fastparquet polars duckdb",
    "tables in text": "tabulate great_tables rich prettytable",
    "maps": "geopandas folium plotly cartopy shapely",
    "databases": "sqlalchemy duckdb sqlite3",
    "HTTP": "requests httpx aiohttp urllib",
    "HTML and XML": "bs4 lxml html5lib xml",
    "progress": "tqdm rich",
    "graphs of nodes": "networkx igraph",
    "pictures": "PIL imageio cv2 skimage",
    "text mining": "nltk spacy gensim sklearn",
    "JSON": "orjson ujson simplejson json",
    "numbers": "numpy numba cupy jax torch",
}
"""Purpose → packages, by the names under which they are imported."""

IMPORTED_AS = {
    "beautifulsoup4": "bs4",
    "dateutils": "dateutil",
    "opencv": "cv2",
    "opencv_python": "cv2",
    "pillow": "PIL",
    "python_dateutil": "dateutil",
    "pyyaml": "yaml",
    "scikit_image": "skimage",
    "scikit_learn": "sklearn",
}
"""Name of a distribution → the name under which it is imported."""

USUAL = {
    "alt": "import altair as alt",
    "datetime": "from datetime import datetime",
    "go": "import plotly.graph_objects as go",
    "json": "import json",
    "math": "import math",
    "np": "import numpy as np",
    "os": "import os",
    "Path": "from pathlib import Path",
    "pd": "import pandas as pd",
    "pl": "import polars as pl",
    "plt": "import matplotlib.pyplot as plt",
    "px": "import plotly.express as px",
    "re": "import re",
    "sm": "import statsmodels.api as sm",
    "smf": "import statsmodels.formula.api as smf",
    "sns": "import seaborn as sns",
    "stats": "from scipy import stats",
}
"""Usual name → the import that makes it."""

MOVED = {
    "matplotlib.cm.get_cmap": "matplotlib.colormaps[name]",
    "numpy.bool": "bool",
    "numpy.complex": "complex",
    "numpy.float": "float",
    "numpy.int": "int",
    "numpy.object": "object",
    "numpy.str": "str",
    "numpy.Inf": "np.inf",
    "numpy.NaN": "np.nan",
    "numpy.alltrue": "np.all",
    "numpy.cumproduct": "np.cumprod",
    "numpy.in1d": "np.isin",
    "numpy.product": "np.prod",
    "numpy.row_stack": "np.vstack",
    "numpy.sometrue": "np.any",
    "numpy.trapz": "np.trapezoid",
    "pandas.DataFrame.append": "pd.concat([df, other])",
    "pandas.DataFrame.applymap": "df.map",
    "pandas.DataFrame.as_matrix": "df.to_numpy()",
    "pandas.DataFrame.iteritems": "df.items()",
    "pandas.DataFrame.ix": "df.loc or df.iloc",
    "pandas.DataFrame.lookup": "df.to_numpy() with positions",
    "pandas.DataFrame.mad": "(df - df.mean()).abs().mean()",
    "pandas.Series.append": "pd.concat([series, other])",
    "pandas.Series.iteritems": "series.items()",
    "pandas.Series.ix": "series.loc or series.iloc",
    "pandas.Series.mad": "(series - series.mean()).abs().mean()",
    "polars.DataFrame.apply": "map_rows, or map_elements on an expression",
    "polars.DataFrame.groupby": "group_by",
    "polars.DataFrame.with_column": "with_columns",
    "scipy.integrate.cumtrapz": "scipy.integrate.cumulative_trapezoid",
    "scipy.integrate.simps": "scipy.integrate.simpson",
    "scipy.integrate.trapz": "scipy.integrate.trapezoid",
    "scipy.stats.binom_test": "scipy.stats.binomtest",
    "scipy.stats.median_absolute_deviation": "scipy.stats.median_abs_deviation",
    "seaborn.distplot": "sns.histplot or sns.displot",
    "seaborn.factorplot": "sns.catplot",
    "seaborn.tsplot": "sns.lineplot",
    "sklearn.datasets.load_boston": "sklearn.datasets.fetch_california_housing",
    "sklearn.metrics.plot_confusion_matrix": "ConfusionMatrixDisplay.from_estimator",
    "sklearn.metrics.plot_roc_curve": "RocCurveDisplay.from_estimator",
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.externals": "joblib",
    "OneHotEncoder(sparse)": "sparse_output=",
    "barplot(ci)": "errorbar=('ci', 95)",
    "lineplot(ci)": "errorbar=('ci', 95)",
    "fillna(method)": "df.ffill() or df.bfill()",
    "mean_squared_error(squared)": "root_mean_squared_error",
    "read_csv(error_bad_lines)": "on_bad_lines='skip'",
    "read_csv(squeeze)": ".squeeze('columns')",
    "to_csv(line_terminator)": "lineterminator=",
}
"""What is gone → what does the same now; ``function(argument)`` for arguments."""
