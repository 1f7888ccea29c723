"""What sets Chinese text on paper: the fonts of this machine, and empty PDF pages with them."""
