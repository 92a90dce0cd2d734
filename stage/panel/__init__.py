"""The preview page: a client process that shows walls and cameras in a browser."""
