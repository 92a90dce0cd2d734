"""The fold's tests run quickly or in full: `--hypothesis-profile=quick` tries fewer examples of every law."""

from hypothesis import settings

settings.register_profile("quick", max_examples=25, deadline=None)
