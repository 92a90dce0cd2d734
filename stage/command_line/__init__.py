"""The commands of `stage`, one file each, imported only when asked for."""
