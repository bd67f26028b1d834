"""Fuzzing of every parser of outside input: `python -m fuzz`. What was found stays in `fuzz/corpus` and is replayed by the tests."""
