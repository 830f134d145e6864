"""The first of all hooks: where a site is served, or first built, others begin to read the data.

Meanwhile this one loads the programs, which takes as long. It looks for no garbage from here on:
nearly everything that it loads and makes is kept to the end.
"""

import gc
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fast.unchanged import note_at
from report.data.files import files_at

if not os.environ.get("REPORT_PLAIN"):
    gc.disable()
    root = Path(__file__).parents[2]
    if "serve" in sys.argv or not note_at(root).exists():
        files_at(root).begin()
