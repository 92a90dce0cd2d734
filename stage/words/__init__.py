"""The words for people: sentences for the codes that the fold reports, one table a language. Pure."""
