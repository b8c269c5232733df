"""`python -m remit` is `remit`."""

import sys

from remit.cli.main import main

sys.exit(main())
