"""The English sentences of who came in and who was refused: pairing, tablets, files from them; by code."""

from __future__ import annotations

ACCESS = {
    "code_malformed": "expected the {digits} digits that the stage shows",
    "code_wrong": "this code is not the stage's: look at the digits again, or ask for a new code",
    "code_expired": "this code has expired: ask for a new one",
    "code_used": "this code has been used, and each is for one tablet: ask for a new one",
    "code_replaced": "a newer code has taken the place of this one: use that",
    "code_void": "so many wrong codes were tried that this one is void: ask for a new one",
    "codes_void": "too many wrong codes were tried: those that waited are void; make another with `stage control pair`",
    "pairing_too_often": "too many tries from this address: wait {seconds} s",
    "tablets_taken": "as many tablets are paired as there can be: have an operator revoke one",
    "tablets_not_kept": "the stage cannot keep it: {found}",
    "tablet_unknown": "the stage does not know this tablet any more: pair it again",
    "tablet_revoked": "the tablet {name} was revoked: pair it again",
    "tablet_locked": "{name} is locked: its PIN opens it",
    "no_such_tablet": "there is no tablet with the id {found!r}, or it was revoked",
    "nothing_to_change": "expected what to change of the tablet: rename, role, revoke or unlock",
    "not_a_tablet": "this is no paired tablet: only one of those can be locked",
    "not_a_pin": "expected a PIN of 4 to {most} digits",
    "pin_wrong": "this is not the PIN; {left} more tries",
    "pin_too_often": "too many tries: wait {seconds} s",
    "pin_tries_over": "too many wrong PINs were tried: an operator can open the lock",
    "needs_role": "this needs the role {needed}, and this connection has {role}",
    "tablet_paired": "{name} is paired as {role}",
    "code_made": "a code was made for a tablet as {role}",
    "tablet_was_revoked": "{name} was revoked",
    "tablet_renamed": "{name} is now called {now}",
    "tablet_role": "{name} is now {role}",
    "tablet_was_locked": "{name} was locked",
    "tablet_unlocked": "the lock of {name} was opened",
}
