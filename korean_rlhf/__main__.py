"""`python -m korean_rlhf` is the command `korean-rlhf`."""

import sys

from korean_rlhf.cli.main import main

sys.exit(main())
