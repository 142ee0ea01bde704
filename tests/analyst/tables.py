"""Tables as the profile describes them, made up."""

from __future__ import annotations

from dataclasses import replace

from k2_jupyter.analyst.reading import Fact
from k2_jupyter.analyst.table import Column, Table


def number(name: str, distinct: int = 400, low: float = 1.0, dtype: str = "float64") -> Column:
    return Column(name, dtype, 0, distinct, low=low, high=low + 99, mean=50.0, sd=9.0, skewness=0.1)


def code(name: str, *values: int) -> Column:
    levels = dict.fromkeys(map(str, values), 100)
    plain = number(name, len(values), min(values), "int64")
    return replace(plain, levels=levels, high=float(max(values)))


def words(name: str, *values: str, distinct: int = 0) -> Column:
    return Column(name, "str", 0, distinct or len(values), levels=dict.fromkeys(values, 100))


def date(name: str) -> Column:
    return Column(name, "str", 0, 900, dates=1.0)


def table(*columns: Column) -> Table:
    rows = Fact("1,000", "c1", "rows")
    none = Fact("0", "c1", "repeat")
    return Table("c1", rows, Fact(str(len(columns)), "c1", "columns"), none, none, columns)


SALARIES = table(
    code("work_year", 2020, 2021, 2022, 2023, 2024, 2025),
    words("experience_level", "SE", "MI", "EN", "EX"),
    words("job_title", "Engineer", "Analyst", "Scientist", distinct=290),
    number("salary"),
    words("salary_currency", "USD", "EUR", "GBP", distinct=25),
    number("salary_in_usd"),
    code("remote_ratio", 0, 50, 100),
    words("company_size", "S", "M", "L"),
)
SHOP = table(
    number("totalBill"),
    number("tip"),
    words("sex", "Male", "Female"),
    words("smoker", "Yes", "No"),
    words("day", "Thur", "Fri", "Sat", "Sun"),
    code("size", 1, 2, 3, 4, 5, 6),
)
BIRDS = table(
    words("species", "Adelie", "Gentoo", "Chinstrap"),
    words("island", "Dream", "Biscoe", "Torgersen"),
    number("bill_length_mm"),
    number("bill_depth_mm"),
    number("flipper_length_mm"),
    number("body_mass_g"),
    words("sex", "male", "female"),
)
FARM = table(
    words("Dünger 'neu'", "A", "B", "C"),
    number("Ertrag pro Hektar (kg)"),
    words('Sorte "alt"', "x", "y"),
    date("Datum"),
)
CARS = table(
    code("cyl", 4, 6, 8),
    number("mpg"),
    number("weight"),
    words("origin", "usa", "japan", "europe"),
    code("survived", 0, 1),
)


WEATHER = table(
    date("date"), number("temp_max"), number("temp_min"), words("weather", "sun", "fog", "rain")
)


DEMO = (
    "Examine salary trends for remote workers from 2020 to 2025: test whether the remote ratio "
    "affects salary and whether the effect differs by experience level"
)
