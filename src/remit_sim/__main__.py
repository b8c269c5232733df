"""`python -m remit_sim` is the command `remit-sim`."""

import sys

from remit_sim.cli.main import main

sys.exit(main())
