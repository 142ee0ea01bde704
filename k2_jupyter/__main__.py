"""``python -m k2_jupyter`` is `k2`."""

import sys

from k2_jupyter.hosts.cli.main import main

sys.exit(main())
