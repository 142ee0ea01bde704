"""What triage knows of Python's libraries, as data.

Names are dotted import paths; the longest prefix decides, so that ``urllib`` can ask while
``urllib.parse`` passes. A name that stands in no table passes: the tables list what
reaches beyond the analysis, and the working notebook is full of names that don't.
"""

from __future__ import annotations

from typing import TypeAlias

from k2_jupyter.tools.triage.risk import RiskKind

Rule: TypeAlias = tuple[RiskKind, str]
"""The kind and what the name does, as the start of a sentence."""


def words(text: str) -> frozenset[str]:
    """A set of names, written as a text."""
    return frozenset(text.split())


_GROUPS: tuple[tuple[RiskKind, str, str], ...] = (
    (
        "shell",
        "starts a process",
        """subprocess pty pexpect plumbum fabric commands popen2 os.system os.popen os.execl
        os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.spawnl
        os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe
        os.posix_spawn os.posix_spawnp os.fork os.forkpty os.startfile posix nt
        asyncio.create_subprocess_shell asyncio.create_subprocess_exec asyncio.subprocess
        IPython.utils.process""",
    ),
    (
        "network",
        "uses the network",
        """socket socketserver ssl http urllib urllib2 urllib3 requests httpx aiohttp ftplib
        smtplib telnetlib poplib imaplib nntplib xmlrpc webbrowser paramiko websocket
        websockets boto3 botocore s3fs gcsfs smart_open google.cloud gspread yfinance wget
        pycurl kaggle kagglehub huggingface_hub openai anthropic pandas_datareader wbdata gdown
        pooch ucimlrepo psycopg psycopg2 pymysql pymongo redis pyodbc flask fastapi uvicorn dash
        streamlit gradio wsgiref tornado asyncio.open_connection asyncio.start_server
        asyncio.open_unix_connection asyncio.start_unix_server nltk.download
        seaborn.load_dataset datasets.load_dataset statsmodels.datasets.get_rdataset
        statsmodels.api.datasets.get_rdataset torch.hub tensorflow_datasets dns scapy
        pandas.read_gbq multiprocessing.connection multiprocessing.managers""",
    ),
    (
        "install",
        "installs packages",
        "pip ensurepip setuptools easy_install micropip conda pkg_resources.require",
    ),
    (
        "delete",
        "deletes or moves files",
        """os.remove os.unlink os.rmdir os.removedirs os.rename os.renames os.replace os.truncate
        shutil.rmtree shutil.move send2trash""",
    ),
    (
        "write",
        "changes where files are or who may use them",
        """os.chdir os.fchdir os.chroot os.chmod os.lchmod os.fchmod os.chown os.lchown os.fchown
        os.symlink os.link os.mknod os.mkfifo os.open os.fdopen shutil.chown mmap
        contextlib.chdir""",
    ),
    (
        "secrets",
        "reads secrets",
        """os.environ os.environb os.getenv os.getenvb getpass keyring dotenv pwd spwd
        pandas.read_clipboard pyperclip win32clipboard""",
    ),
    (
        "code",
        "runs code that this cell does not show",
        """builtins.exec builtins.eval builtins.compile builtins.__import__
        builtins.__builtins__ builtins.breakpoint builtins importlib imp runpy code codeop
        pdb ctypes cffi cppyy numpy.ctypeslib numba.cfunc pickle.load pickle.loads
        pickle.Unpickler cPickle dill cloudpickle shelve marshal jsonpickle joblib.load
        torch.load statsmodels.api.load statsmodels.iolib.smpickle.load_pickle
        statsmodels.iolib.api.load_pickle pandas.read_pickle
        yaml.load yaml.load_all yaml.unsafe_load yaml.full_load
        types.FunctionType types.CodeType types.ModuleType sys.path sys.modules sys.meta_path
        sys.path_hooks sys.settrace sys.setprofile sys.addaudithook sys._getframe
        sys.breakpointhook sys.excepthook sys.displayhook inspect.currentframe inspect.stack
        inspect.getframeinfo gc.get_objects gc.get_referrers pkgutil zipimport pydoc.locate
        site test.support timeit.template _posixsubprocess _xxsubinterpreters _ctypes
        os._exit os.abort os.kill os.killpg os.setuid os.setgid os.nice os.ptrace
        cython pyximport logging.config cProfile.run profile.run doctest trace rpy2 js2py""",
    ),
    ("code", "uses a part of `os` beyond files and paths", "os"),
    (
        "code",
        "starts work that outlives the cell",
        """threading.Thread threading.Timer threading._start_new_thread _thread
        multiprocessing.Process multiprocessing.context asyncio.create_task
        asyncio.ensure_future asyncio.run_coroutine_threadsafe atexit signal.signal signal.alarm
        signal.setitimer signal.pthread_kill signal.raise_signal signal.set_wakeup_fd faulthandler
        sched apscheduler weakref.finalize""",
    ),
    (
        "config",
        "reaches into Jupyter, IPython or k2_jupyter",
        """IPython ipykernel jupyter_client jupyter_core jupyter_server jupyterlab notebook
        nbformat nbconvert nbclient traitlets zmq comm k2_jupyter builtins.get_ipython""",
    ),
    (
        "script",
        "puts a script or a page into the output",
        """IPython.display.Javascript IPython.display.IFrame IPython.display.display_javascript
        IPython.display.YouTubeVideo IPython.display.publish_display_data
        IPython.core.display.Javascript""",
    ),
)

PASS = words("""
    os.path os.listdir os.getcwd os.makedirs os.mkdir os.sep os.linesep os.altsep os.extsep
    os.pathsep os.curdir os.pardir os.devnull os.name os.cpu_count os.process_cpu_count
    os.sched_getaffinity os.walk os.scandir os.DirEntry os.stat os.lstat os.stat_result os.fspath
    os.PathLike os.getpid os.getppid os.access os.R_OK os.F_OK os.W_OK os.uname os.urandom
    os.get_terminal_size os.getlogin os.fsencode os.fsdecode os.times os.error os.statvfs
    os.getloadavg os.strerror os.SEEK_SET os.SEEK_CUR os.SEEK_END os.utime
    urllib.parse http.HTTPStatus importlib.metadata importlib.util.find_spec
    IPython.display IPython.version_info IPython.__version__
    platform.system ipywidgets builtins.open builtins.getattr builtins.setattr builtins.delattr
    builtins.vars builtins.globals builtins.locals
""")

NAMES: dict[str, Rule] = {
    name: (kind, what) for kind, what, names in _GROUPS for name in words(names)
}

METHODS: dict[str, Rule] = {
    **dict.fromkeys(
        words(
            "system popen Popen check_output check_call getoutput getstatusoutput system_raw "
            "spawn execv execve execvp execvpe posix_spawn create_subprocess_shell"
        ),
        ("shell", "starts a process"),
    ),
    **dict.fromkeys(
        words(
            "urlopen urlretrieve load_dataset get_rdataset from_pretrained download "
            "load_state_dict_from_url fetch_ucirepo"
        ),
        ("network", "uses the network"),
    ),
    **dict.fromkeys(("unlink", "rmdir", "rmtree"), ("delete", "deletes or moves files")),
    **dict.fromkeys(("symlink_to", "hardlink_to", "link_to"), ("write", "links files")),
    **dict.fromkeys(
        words(
            "run_cell run_cell_async run_cell_magic run_line_magic magic run_code "
            "push_kernel_func register_magic_function register_target input_transformers_cleanup "
            "set_next_input"
        ),
        ("config", "reaches into Jupyter, IPython or k2_jupyter"),
    ),
    **dict.fromkeys(
        ("read_pickle", "load_pickle", "exec_module", "load_module", "find_loader"),
        ("code", "runs code that this cell does not show"),
    ),
    **dict.fromkeys(
        words("create_task ensure_future run_in_executor call_later call_soon start_new_thread"),
        ("code", "starts work that outlives the cell"),
    ),
    "kill": ("code", "ends other processes"),
}
"""Method names that ask whatever they are called on: the object may come from elsewhere."""

SENSITIVE = words("os sys builtins shutil subprocess socket importlib posix ctypes")
"""Modules that are not to be handed around, renamed, or reached through other modules."""

PLAIN_DUNDERS = words(
    "__name__ __doc__ __version__ __init__ __len__ __iter__ __next__ __enter__ __exit__ "
    "__file__ __qualname__ __annotations__ __post_init__ __dict__ __class__ __str__ "
    "__repr__ __call__ __getitem__ __setitem__ __contains__ __eq__ __hash__ __all__ "
    "__main__ __new__"
)
"""Double-underscore attributes that ordinary code reads."""

KNOWN = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "sns": "seaborn",
    "sm": "statsmodels.api",
    "Path": "pathlib.Path",
    "BytesIO": "io.BytesIO",
    "StringIO": "io.StringIO",
    "HTML": "IPython.display.HTML",
    "Javascript": "IPython.display.Javascript",
    "IFrame": "IPython.display.IFrame",
    "Image": "IPython.display.Image",
    "PdfPages": "matplotlib.backends.backend_pdf.PdfPages",
    "get_ipython": "builtins.get_ipython",
    **{
        name: name
        for name in words(
            "os sys subprocess shutil socket requests urllib httpx aiohttp ctypes importlib "
            "pickle joblib threading multiprocessing pathlib io logging zipfile gzip tempfile "
            "asyncio pty builtins runpy marshal dill cloudpickle numpy pandas matplotlib "
            "seaborn torch statsmodels fileinput bz2 lzma tarfile codecs sqlite3 duckdb"
        )
    },
    **{
        name: f"builtins.{name}"
        for name in words(
            "exec eval compile __import__ __builtins__ breakpoint exit quit open getattr setattr "
            "delattr vars globals locals"
        )
    },
}
"""What a name means that this source does not bind: an earlier cell did, as everybody does."""


def rule(dotted: str) -> Rule | None:
    """What the tables say about a dotted name; the longest prefix decides."""
    while dotted:
        if dotted in PASS:
            return None
        found = NAMES.get(dotted)
        if found is not None:
            return found
        dotted = dotted.rpartition(".")[0]
    return None
