"""How many examples property tests look at; the long form is set from outside."""

import os

EXAMPLES = int(os.environ.get("STATIONMASTER_EXAMPLES", "12"))
"""Of an ordinary property; cheap ones take a multiple."""
