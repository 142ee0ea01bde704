"""Reading a file and looking at it: the first cells of every analysis."""

from __future__ import annotations

from dataclasses import replace

from k2_jupyter.analyst import missing_words
from k2_jupyter.analyst.conversation import VARIABLE, DataFile
from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.reading import Observation
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined, literal
from k2_jupyter.analyst.table import Table, read_table
from k2_jupyter.analyst.words import best_position, pieces, spoken_words, telling
from k2_jupyter.analyst.worksheet import StepError, Worksheet

PACKAGES = ("plt", "np", "pd", "sns", "display")
HELPERS = ("helpers", "define_reading")
RAGGED = "ragged"
"""How a note begins that says that lines have different numbers of fields."""
SAMPLED = "The file is large: the results come from a random sample of its rows, with a fixed seed."
SKIPPED = "Lines with another number of fields than the header were skipped."
LARGE = 200_000_000
"""Bytes above which a text file is sampled."""
WIDE = 30
"""Columns that the profile prints of a wide table."""


def load(sheet: Worksheet, task: str, file: DataFile) -> Script[Table]:
    """Import what every analysis needs, read, profile. Raises `StepError`."""
    needed = (*PACKAGES, "Path") if file.bytes > LARGE else PACKAGES
    setup = joined(f"{imports(needed)}\n\n{cell('style')}", *map(cell, HELPERS))
    yield from sheet.need(setup, "Import the libraries")

    def repair(seen: Observation) -> str | None:
        nonlocal file
        other = repaired(file, seen)
        file = other or file
        return read_source(file) if other else None

    read = yield from sheet.need(read_source(file), _purpose(file), repair=repair)
    sheet.remarks += _remarks(read)
    wide = len(file.columns) > WIDE
    parts = [cell("define_profile")]
    if wide:
        parts.append(cell("define_telling", named=str(_named(file, task))))
    sheet.define(joined(*parts), "Functions for the profile")
    source = cell("profile", names="telling(df)" if wide else "list(df)")
    seen = yield from sheet.need(source, "Profile the columns")
    table = read_table(seen)
    delimiter = _delimiter(file, table)
    if delimiter:
        file = replace(file, delimiter=delimiter)
        read = yield from sheet.rerun(read, read_source(file))
        seen = yield from sheet.rerun(seen, source)
        table = read_table(seen)
    if table is not None and file.format in _TEXT and file.bytes <= LARGE:
        table = yield from _with_all_levels(sheet, file, table, read, seen)
    if table is None:
        raise StepError("the profile of the file could not be read back.")
    if not table.rows.value or not table.columns:
        raise StepError(f"`{file.path}` has no rows.")
    return table


def _with_all_levels(
    sheet: Worksheet, file: DataFile, table: Table, read: Observation, profiled: Observation
) -> Script[Table]:
    """The table with the levels that pandas took for missing values; reads the file again."""
    if not missing_words.may_hide(table):
        return table
    words = ", ".join(map(literal, missing_words.WORDS))
    options = _written(_text_options(file))
    source = cell("words_for_missing", path=literal(file.path), options=options, words=f"[{words}]")
    seen = yield from sheet.run(source, "See how the file writes missing values")
    kept, missing = missing_words.levels_taken(seen, table)
    if not kept:
        sheet.discard(seen)
        return table
    options_kept = missing_words.options(kept, missing)
    source = f"{missing_words.comment(kept)}\n{read_source(file, **options_kept)}"
    yield from sheet.rerun(read, source)
    names = "telling(df)" if len(file.columns) > WIDE else "list(df)"
    whole = read_table((yield from sheet.rerun(profiled, cell("profile", names=names))))
    if whole is None:
        raise StepError("the profile of the file could not be read back.")
    for one in kept:
        draft = Draft()
        sheet.remark(missing_words.told(draft, whole, one), draft)
    return whole


def _purpose(file: DataFile) -> str:
    return f"Look at {file.path}" if file.format == VARIABLE else f"Read {file.path}"


def _remarks(read: Observation) -> list[str]:
    """What reading did to the file."""
    seen = {
        SAMPLED: "random sample" in read.stdout,
        SKIPPED: "fields skipped" in read.stdout,
    }
    return [remark for remark, said in seen.items() if said]


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _delimiter(file: DataFile, table: Table | None) -> str:
    """What splits the one column of a text file that was read with the wrong delimiter."""
    if table is None or len(table.columns) != 1 or file.format not in _TEXT:
        return ""
    return next((mark for mark in ";\t|" if mark in table.columns[0].name), "")


def _named(file: DataFile, task: str) -> list[str]:
    """Of a wide table the columns that the task names."""
    words = spoken_words(task)

    def said(name: str) -> float:
        matches = [best_position(word, words)[0] for word in telling(pieces(name))]
        return sum(matches) / max(1, len(matches))

    named = sorted(file.columns, key=said, reverse=True)[: WIDE // 2]
    return [_tidy(name) for name in named if said(name) > 0]


def read_source(file: DataFile, **changed: str) -> str:
    """The cell that reads the file into ``df``; `changed` overrides read options."""
    if file.format == VARIABLE:
        return _variable_source(file)
    reader, options = _READERS.get(file.format, ("read_csv", {}))
    if reader == "read_csv":
        options = _text_options(file)
    options = {**options, **changed}
    if file.bytes > LARGE and reader == "read_csv":
        return cell("read_large", path=literal(file.path), options=_written(options))
    lines = [f"df = pd.{reader}({literal(file.path)}{_written(options)})"]
    if reader == "read_excel" and not all(file.columns):
        lines = [cell("below_title", path=literal(file.path))]
    if reader == "read_json":
        lines.append(cell("flatten"))
    if any(name != _tidy(name) for name in file.columns):
        lines.append('df.columns = [" ".join(name.split()) for name in df]  # no line breaks')
    skipped = ", lines with too many fields skipped" if "on_bad_lines" in options else ""
    return "\n".join([*lines, *_told(skipped)])


def _told(skipped: str = "") -> list[str]:
    return [f'print(f"{{len(df):,}} rows, {{df.shape[1]}} columns{skipped}")', "df.head(3)"]


def _variable_source(file: DataFile) -> str:
    """The user's frame as it is: no cell of ours changes ``df``, so it needs no copy."""
    lines = [] if file.path == "df" else [f"df = {file.path}"]
    if any(name.isdecimal() for name in file.columns):
        lines.append('df = df.set_axis(df.columns.astype(str), axis="columns")')
    if any(name != _tidy(name) for name in file.columns):
        names = '[" ".join(str(name).split()) for name in df]'
        lines.append(f'df = df.set_axis({names}, axis="columns")  # no line breaks')
    return "\n".join([*lines, *_told()])


def repaired(file: DataFile, seen: Observation) -> DataFile | None:
    """Another way to read a text file that could not be read."""
    if file.format not in _TEXT:
        return None
    if "UnicodeDecodeError" in seen.error or "UnicodeError" in seen.error:
        return replace(file, encoding="latin-1")
    if "ParserError" in seen.error or "Error tokenizing" in seen.error:
        return replace(file, notes=(RAGGED,))
    return None


def _text_options(file: DataFile) -> dict[str, str]:
    options = {}
    if file.delimiter and file.delimiter != ",":
        options["sep"] = literal(file.delimiter)
    elif file.format == "tsv":
        options["sep"] = literal("\t")
    if file.encoding and file.encoding.lower().replace("-", "") not in ("utf8", "ascii"):
        options["encoding"] = literal(file.encoding)
    if any(note.startswith(RAGGED) for note in file.notes):
        # The C parser stops at the first line with too many fields.
        options |= {"engine": literal("python"), "on_bad_lines": literal("skip")}
    elif file.bytes <= LARGE:
        options["low_memory"] = "False"
    return options


def _written(options: dict[str, str]) -> str:
    return "".join(f", {name}={value}" for name, value in options.items())


_READERS: dict[str, tuple[str, dict[str, str]]] = {
    "parquet": ("read_parquet", {}),
    "excel": ("read_excel", {}),
    "json": ("read_json", {}),
    "jsonl": ("read_json", {"lines": "True"}),
}
_TEXT = ("csv", "tsv", "txt")
