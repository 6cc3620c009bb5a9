"""What went wrong, in words for the user of `make model`."""


class Problem(Exception):
    """Ends the program with its text, without a traceback."""
