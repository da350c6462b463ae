"""What this house does not make, whoever asks: an administrator's list of words."""

from mutoscope.policy.words import RefusedWord, WordList

__all__ = ["RefusedWord", "WordList"]
