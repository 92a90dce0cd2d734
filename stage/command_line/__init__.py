"""The commands of `stage`, one file for each, imported only when it is used; `options` is what they share."""
