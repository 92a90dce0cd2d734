"""The running show. The only loose files here are those of the command line."""

__version__ = "0.1.0"
