"""The process that measures one case: `python -m bench.child NAME`. Prints one line of JSON, last on its output."""

import json
import sys
from dataclasses import asdict

from bench.cases import CASES
from bench.timing import run_case

if __name__ == "__main__":
    if not CASES[sys.argv[1]].environment:
        # Imported here because the environment of another package has no Django.
        import django

        django.setup()
    sys.stdout.write(json.dumps(asdict(run_case(sys.argv[1]))) + "\n")
