"""What the system says of files, devices and ports, as codes: to be said in the language of whoever reads it. Pure."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from tracking.records import Scalar

SYSTEM = "system_"
"""How the codes begin. A value that is one of them is worded where a sentence speaks of it."""
SYSTEM_FAULTS = {
    "system_eacces": "Permission denied",
    "system_eaddrinuse": "Address already in use",
    "system_eaddrnotavail": "Cannot assign requested address",
    "system_ebadf": "Bad file descriptor",
    "system_ebusy": "Device or resource busy",
    "system_ecanceled": "Operation canceled",
    "system_econnrefused": "Connection refused",
    "system_econnreset": "Connection reset by peer",
    "system_edquot": "Disk quota exceeded",
    "system_eexist": "File exists",
    "system_efbig": "File too large",
    "system_ehostdown": "Host is down",
    "system_ehostunreach": "No route to host",
    "system_einval": "Invalid argument",
    "system_eio": "Input/output error",
    "system_eisdir": "Is a directory",
    "system_eloop": "Too many levels of symbolic links",
    "system_emfile": "Too many open files",
    "system_emsgsize": "Message too long",
    "system_enametoolong": "File name too long",
    "system_enetdown": "Network is down",
    "system_enetunreach": "Network is unreachable",
    "system_enfile": "Too many open files in system",
    "system_enobufs": "No buffer space available",
    "system_enodev": "No such device",
    "system_enoent": "No such file or directory",
    "system_enomem": "Cannot allocate memory",
    "system_enospc": "No space left on device",
    "system_enotdir": "Not a directory",
    "system_enotempty": "Directory not empty",
    "system_enxio": "No such device or address",
    "system_eopnotsupp": "Operation not supported",
    "system_eperm": "Operation not permitted",
    "system_epipe": "Broken pipe",
    "system_erofs": "Read-only file system",
    "system_estale": "Stale file handle",
    "system_etimedout": "Connection timed out",
    "system_etxtbsy": "Text file busy",
    "system_exdev": "Invalid cross-device link",
    "system_gl_out_of_memory": "out of memory",
    "system_is_folder": "is a folder, not an ordinary file",
    "system_is_device": "is a pipe or device, not an ordinary file",
    "system_is_queue": "is a queue that holds nothing now, not an ordinary file",
    "system_no_name": "is not a name that a file can have",
}
"""By code, in English: as the system itself has it, or whoever opens files here."""
_BY_TEXT = {text: code for code, text in SYSTEM_FAULTS.items()}


def said_by_system(error: BaseException) -> str:
    """The code of what the system says of a failure; where it has none here, the failure's own words."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    if text in _BY_TEXT or not isinstance(error, OSError) or error.errno == errno.EINVAL:
        return _BY_TEXT.get(text, text)
    code = f"{SYSTEM}{errno.errorcode.get(error.errno or 0, '').lower()}"
    return code if code in SYSTEM_FAULTS else text


def in_words(said: str) -> str:
    """What the system said, in English."""
    return SYSTEM_FAULTS.get(said, said)


def in_english(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The values of a message with what the system says in words."""
    return {name: in_words(value) if isinstance(value, str) else value for name, value in values.items()}
