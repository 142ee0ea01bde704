"""Which files a call writes, and which strings name files that are nobody's data."""

from __future__ import annotations

import ast
import posixpath
import re
from typing import TypeAlias

from k2_jupyter.tools.triage.names import Names, Text, Texts
from k2_jupyter.tools.triage.rules import words

Target: TypeAlias = tuple[int, frozenset[str]]
"""Position and keywords of the argument that names the file."""

_FILE_WORDS = words(
    "path path_or_buf path_or_buffer fname file filename filename_or_obj excel_writer buf fp dst "
    "workbook file_path save_path outfile database where dest root_path base_dir extract_dir "
    "output_file"
)


def _targets(names: str, position: int = 0) -> dict[str, Target]:
    return dict.fromkeys(words(names), (position, _FILE_WORDS))


WRITING_METHODS = _targets(
    """to_csv to_excel to_parquet to_feather to_json to_html to_latex to_markdown to_pickle to_stata
    to_hdf to_xml to_orc to_string to_netcdf to_zarr to_file tofile savefig save write_html
    write_image write_json write_csv write_parquet write_excel write_ipc write_ndjson save_model
    imsave imwrite savetxt"""
) | _targets("write_table write_feather write_dataset write_to_dataset", position=1)
WRITING_FUNCTIONS = {
    **_targets(
        """numpy.save numpy.savez numpy.savez_compressed numpy.savetxt numpy.memmap
        matplotlib.pyplot.savefig matplotlib.pyplot.imsave pandas.ExcelWriter pandas.HDFStore
        matplotlib.backends.backend_pdf.PdfPages logging.FileHandler sqlite3.connect
        os.makedirs os.mkdir shutil.make_archive
        pyarrow.parquet.ParquetWriter pyarrow.OSFile"""
    ),
    **_targets(
        """joblib.dump torch.save shutil.copy shutil.copy2 shutil.copyfile shutil.copytree
        plotly.io.write_html plotly.io.write_image plotly.io.write_json scipy.io.savemat
        statsmodels.iolib.smpickle.save_pickle shutil.unpack_archive pyarrow.csv.write_csv""",
        position=1,
    ),
    "scipy.io.savemat": (0, _FILE_WORDS),
    "logging.basicConfig": (9, frozenset(("filename",))),
    "plotly.offline.plot": (9, frozenset(("filename",))),
}
OPENERS = words(
    "builtins.open io.open codecs.open gzip.open bz2.open lzma.open zipfile.ZipFile tarfile.open "
    "h5py.File gzip.GzipFile bz2.BZ2File lzma.LZMAFile io.FileIO tarfile.TarFile "
    "_io.open _io.FileIO"
)
FIRST: Target = (0, _FILE_WORDS)
DATABASES: dict[str, Target] = {
    "to_sql": (1, frozenset(("con",))),
    "create_engine": (0, frozenset(("url",))),
}
_LOCAL = re.compile(r"(?:sqlite|duckdb)(?:\+\w+)?:///|file:(?://(?:localhost(?=/))?)?")
"""What stands before the path of a local file in an address."""
_MODE = re.compile(r"[rwaxbt+]{1,4}\Z")

_SECRET_FILE = re.compile(
    r"""(?:^|/)(?: \.env(?:\.\w+)?$ | \.envrc$ | \.ssh(?:/|$) | id_(?:rsa|dsa|ecdsa|ed25519)\b
    | \.aws(?:/|$) | \.azure(?:/|$) | \.kube(?:/|$) | \.gnupg(?:/|$) | \.docker/config
    | \.config/gcloud | \.netrc$ | \.pgpass$ | \.pypirc$ | \.my\.cnf$ | \.git-credentials$
    | \.npmrc$
    | \.kaggle(?:/|$) | \.huggingface(?:/|$) | credentials\.json$ | /credentials$ | \.mozilla(?:/|$)
    | \.password-store | \.bash_history$ | \.python_history$ | \.zsh_history$ )
    | ^/proc/[^/]+/(?:environ|mem|maps|cmdline|fd|root|cwd) | ^/etc/(?:shadow|sudoers|gshadow)
    | ^/(?:var/)?run/secrets | [/\\]keyrings? """,
    re.VERBOSE,
)
_CONFIG_FILE = re.compile(
    r"""(?:^|/)(?: \.git(?:/|$) | \.gitconfig$ | \.ipython(?:/|$) | \.jupyter(?:/|$)
    | share/jupyter(?:/|$) | \.(?:config|local/\w+|cache)/k2_jupyter(?:/|$)
    | \.config/(?:pip|fish|systemd|autostart)(?:/|$)
    | \.bashrc$ | \.bash_profile$ | \.bash_login$ | \.profile$ | \.zshrc$ | \.zshenv$ | \.zprofile$
    | sitecustomize(?:\.py)?$ | usercustomize(?:\.py)?$ | kernel\.json$ | crontab$ | cron\.d(?:/|$)
    | (?:jupyter|ipython)_\w*config\.\w+$ | pyvenv\.cfg$ | nbsignatures\.db | \.tmux\.conf$ )
    | \.pth$ | ^/etc/ """,
    re.VERBOSE,
)
_ENVIRONMENT_SECRET = re.compile(
    r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH|_PAT\b|DSN|COOKIE", re.IGNORECASE
)
_ENVIRONMENT_CONFIG = re.compile(
    r"PATH$|LD_|DYLD_|PYTHON(?!HASHSEED|WARNINGS|UNBUFFERED)|JUPYTER|IPYTHON|K2_|HOME$|SHELL$"
    r"|BASH_ENV|\w*_PROXY$|GIT_",
    re.IGNORECASE,
)
_CODE_FILE = re.compile(r"\.(?:py|pyc|pyd|so|sh|bash|ipynb|service|desktop|r|jl)$", re.IGNORECASE)
URL = re.compile(
    r"(?:https?|ftps?|s3a?|gs|gcs|abfss?|hdfs|sftp|ssh|wss?|postgres\w*|mysql\w*)[:+]",
    re.IGNORECASE,
)


def is_url(texts: Texts) -> bool:
    return any(URL.match(text.head) and "//" in text.head for text in texts)


def is_local_address(text: Text) -> bool:
    return bool(_LOCAL.match(text.head))


def leaves_folder(text: Text) -> bool:
    """Whether a path may lie outside the working folder; `text` may be a beginning only."""
    prefix = _LOCAL.match(text.head)
    path = text.head[prefix.end() if prefix else 0 :].replace("\\", "/")
    if path in ("", "/dev/null", "nul"):
        return False
    if path[0] in "/~$" or re.match(r"[A-Za-z]:", path):
        return True
    return posixpath.normpath(path).startswith("..")


def argument(call: ast.Call, target: Target) -> ast.expr | None:
    """The argument that names the file."""
    position, words = target
    options = None
    for keyword in call.keywords:
        if keyword.arg in words:
            return keyword.value
        if keyword.arg is None:
            options = keyword.value
    for at, value in enumerate(call.args):
        if at == position:
            return value
        if isinstance(value, ast.Starred):
            return value
    return options


def named_secret(text: str) -> bool:
    return bool(_SECRET_FILE.search(text))


def named_config(text: str) -> bool:
    return bool(_CONFIG_FILE.search(text))


def holds_code(text: Text) -> bool:
    """Whether a file of that name would be run by an import or by a click."""
    return text.whole and bool(_CODE_FILE.search(text.head))


def environment_kind(name: str) -> str:
    """``secret``, ``config`` or ``plain``, from the name of an environment variable."""
    if _ENVIRONMENT_SECRET.search(name):
        return "secret"
    return "config" if _ENVIRONMENT_CONFIG.match(name) else "plain"


def opens_for_writing(call: ast.Call, names: Names) -> bool:
    """Whether an `open` with its mode at the second place may write."""
    mode = argument(call, (1, frozenset(("mode",))))
    if mode is None:
        return False
    texts = names.texts(mode)
    return not texts or any(set(text.head) & set("wax+") for text in texts)


def mode_of_path_open(call: ast.Call) -> set[str]:
    """The letters of the mode where `x.open(…)` looks like a path's, else none."""
    first = argument(call, (0, frozenset(("mode",))))
    if isinstance(first, ast.Constant) and _MODE.match(str(first.value)):
        return set(str(first.value))
    return set()
