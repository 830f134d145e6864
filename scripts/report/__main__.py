"""Lets `python -m report` stand for the command `report`."""

import sys

from report.cli import main

sys.exit(main())
