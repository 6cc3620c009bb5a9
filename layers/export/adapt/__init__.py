"""Rewrites ONNX files of other tool chains into a layout that the function reads.

A kind of file is one module with a row in `table.py`: which facts prove it, how its graph is
rewritten, and how numpy reads the original's outputs. The last is written apart from the
rewriting, so that `check.py` can hold the function to it.
"""
