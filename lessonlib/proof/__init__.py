"""`lessonlib prove`: what every exercise of a lesson has to stand up to, ours and everybody's."""

from lessonlib.proof.proof import Fault, Proof, prove

__all__ = ["Fault", "Proof", "prove"]
