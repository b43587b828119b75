"""A learner's folder: the course put into it, brought up to date, packed and unpacked.

Whatever happens, no answer is lost: a file is written beside its place and then renamed, and what
would be overwritten is kept under a name of its own.
"""
