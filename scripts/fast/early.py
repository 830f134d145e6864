"""The first of all hooks: others begin to read the data, unless an earlier process has done so.

Where a site is to be served, they look as well at what has changed since then. Meanwhile this one loads
the programs, which takes as long. It looks for no garbage from here on: nearly everything that it
loads and makes is kept to the end.
"""

import gc
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fast.contents import documents_at, look_begun
from report.data.files import files_at

if not os.environ.get("REPORT_PLAIN"):
    gc.disable()
    root = Path(__file__).parents[2]
    if not documents_at(root).exists():
        files_at(root).begin()
    if "serve" in sys.argv:
        look_begun(root)
