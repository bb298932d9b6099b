"""`python -m bench [--keep-base] [NAME…]`: measure and write the table and `var/bench.jsonl`."""

import sys

from bench.runner import main

sys.exit(main(sys.argv[1:]))
