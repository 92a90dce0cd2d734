"""What clients ask of the show: the requests that become commands, as the wire has them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from stage.values.cues import LONGEST_S, MOST_CUES, MOST_VALUES, CueFields, CueNumber, Path
from stage.values.desk import MOST_MAPPED, DeskMap
from stage.values.looks import LONGEST_LOOK_NAME, LookPart
from tracking.records import Evolving, Record
from tracking.settable import Role, Value, Way

RequestId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | int
FadeSeconds = Annotated[float, msgspec.Meta(ge=0.0, le=LONGEST_S)]
WorldName = Annotated[str, msgspec.Meta(max_length=256)]
LookName = Annotated[str, msgspec.Meta(max_length=LONGEST_LOOK_NAME)]
Session = Annotated[str, msgspec.Meta(min_length=16, max_length=64)]
Sequence = Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)]
MOST_ITEMS = MOST_VALUES
MOST_LEASED = 64


class Request(Record):
    """What every request carries.

    `id` is the client's own and comes back in the reply; `client` is a name for people; `role` may only lower what the
    connection has. `session` says who the client is, over all of its connections: it makes one, once, and keeps it.
    """

    id: RequestId
    session: Session | msgspec.UnsetType = msgspec.UNSET
    client: Annotated[str, msgspec.Meta(max_length=64)] | msgspec.UnsetType = msgspec.UNSET
    role: Role | msgspec.UnsetType = msgspec.UNSET


class Target(Record):
    """A value for one parameter, to be reached now or over `fade_s` seconds from its present value.

    `way` is which way round an hour or an angle goes there. With `force` an operator sets it also where that could
    spoil the take that records, or where another client moves it. With `if_seq` it is set only if it has not changed
    since that set of changes.
    """

    path: Path
    value: Value
    fade_s: FadeSeconds = 0.0
    way: Way | msgspec.UnsetType = msgspec.UNSET
    force: bool | msgspec.UnsetType = msgspec.UNSET
    if_seq: Sequence | msgspec.UnsetType = msgspec.UNSET
    type: Literal["set"] | msgspec.UnsetType = msgspec.UNSET


class SetRequest(Request, tag="set"):
    """Set one parameter, now or over `fade_s` seconds; only if it has not changed since `if_seq`, where that is given.

    An hour or an angle goes round by `way`: `shorter` (half a turn goes forward), `forward` or `backward`. With `force`
    an operator also sets what a recording take is kept from, and what another client moves.
    """

    path: Path
    value: Value
    fade_s: FadeSeconds = 0.0
    way: Way | msgspec.UnsetType = msgspec.UNSET
    force: bool | msgspec.UnsetType = msgspec.UNSET
    if_seq: Sequence | msgspec.UnsetType = msgspec.UNSET


Aim = Target | SetRequest
"""What says which value is to be reached how: an item of several, or a request for it alone, which says the same."""


class BatchRequest(Request, tag="batch"):
    """Set several parameters in one frame: all of them, or none, and the first reason. Items need no `type`.

    `if_seq` is for every item that has none of its own.
    """

    items: Annotated[tuple[Target, ...], msgspec.Meta(max_length=MOST_ITEMS)]
    if_seq: Sequence | msgspec.UnsetType = msgspec.UNSET


class TakeRequest(Request, tag="take"):
    """Start or stop recording. The name may be a slate, as in "Sc 12/3 Tk 1"; an empty one lets the stage number the
    take.
    """

    action: Literal["start", "stop"]
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""


class NudgeRequest(Request, tag="nudge"):
    """Set heading here: turn a tracker's offset so that its tracked body points to `pan_deg` now, or with `by_deg` by
    so much from where it is. While a take records, only with `force`.
    """

    tracker: Annotated[str, msgspec.Meta(max_length=64)]
    pan_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)] = 0.0
    by_deg: Annotated[float, msgspec.Meta(ge=-360.0, le=360.0)] | msgspec.UnsetType = msgspec.UNSET
    force: bool | msgspec.UnsetType = msgspec.UNSET


class AcknowledgeRequest(Request, tag="acknowledge"):
    """Acknowledge the findings of one code in health: a restart, say, or values that were reset."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class WorldsRequest(Request, tag="worlds"):
    """List every world: how it stands, what it takes, what is found in it and declared of it. Or work on one by `name`:
    `fix` what is found in it (all, or only `code`) and answer the values from `before`; `save` its values in its file
    in the library; `make` a new one of one to four of the library's `files`, the farthest first.

    A list has at most 256 worlds, from the `first` on (0 is the very first), and how many there are.
    """

    action: Literal["list", "fix", "save", "make"] = "list"
    first: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | msgspec.UnsetType = msgspec.UNSET
    name: WorldName = ""
    code: Annotated[str, msgspec.Meta(max_length=64)] = ""
    files: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=256)], ...], msgspec.Meta(max_length=16)] = ()


class UndoRequest(Request, tag="undo"):
    """Put back what this client's newest `set`, `batch`, `load`, heading, mended world or look replaced: all of it, or
    nothing where a value is no longer what that left. `redo` puts it in force again, `forget` drops it as it is. `list`
    tells what would be undone and redone, the newest of each first.
    """

    action: Literal["undo", "redo", "forget", "list"] = "undo"
    fade_s: FadeSeconds = 0.0
    force: bool | msgspec.UnsetType = msgspec.UNSET


class LeaseRequest(Request, tag="lease"):
    """Hold values while this client moves them: `take`, `renew`, `drop`. A lease ends 1.5 s after it was taken, renewed
    or used. With `force` an operator takes values that another client holds.
    """

    action: Literal["take", "renew", "drop"]
    paths: Annotated[tuple[Path, ...], msgspec.Meta(min_length=1, max_length=MOST_LEASED)]
    force: bool | msgspec.UnsetType = msgspec.UNSET


class DeskRequest(Request, tag="desk"):
    """Give a lighting desk parameters to move from now on: each row takes the place of the one of its path."""

    maps: Annotated[tuple[DeskMap, ...], msgspec.Meta(min_length=1, max_length=MOST_MAPPED)]


class LookRequest(Request, tag="look"):
    """List looks, or compare one with what is in force (`diff`), 256 an answer from the `first` on. `save` the present
    values as a look that is new, `update` one, `rename` one `to` another name, `delete` one, `import` one with its
    `values` (with `replace` also over another), or `recall` one: now, or over `fade_s` seconds.

    `only` names parts of a look, light being cards and lights; without it all of them are meant. With `takes` the looks
    are meant that are kept of takes: they can be listed, compared, recalled, deleted, and renamed, which keeps one.
    """

    action: Literal["list", "diff", "save", "update", "rename", "delete", "import", "recall"] = "list"
    name: LookName = ""
    to: LookName = ""
    only: Annotated[tuple[LookPart, ...], msgspec.Meta(max_length=8)] = ()
    fade_s: FadeSeconds = 0.0
    values: Annotated[dict[Path, Value], msgspec.Meta(max_length=MOST_ITEMS)] = msgspec.field(default_factory=dict)
    replace: bool | msgspec.UnsetType = msgspec.UNSET
    takes: bool | msgspec.UnsetType = msgspec.UNSET
    first: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | msgspec.UnsetType = msgspec.UNSET


class CueRequest(Request, tag="cue"):
    """List the cues, 256 an answer from the `first` on, or `show` what one would set, by default the next. `go` plays
    the next, `back` returns to the values from before the last GO, `goto` plays one `number` alone, `hold` stops all
    fades of cues, `resume` lets them go on.

    `add` puts `cues` into the list: without a number `after` that one, else at the end; with `replace` in place of all
    that there are. `edit` changes those fields of cues that are given, `delete` takes the one of this `number` out, or
    all of them up `to` another one. `renumber` gives one `number` another, `to`; without them all cues become 1, 2, 3.
    All of a request happens, or nothing.
    """

    action: Literal["list", "show", "go", "back", "goto", "hold", "resume", "add", "edit", "delete", "renumber"] = (
        "list"
    )
    number: CueNumber | msgspec.UnsetType = msgspec.UNSET
    to: CueNumber | msgspec.UnsetType = msgspec.UNSET
    after: CueNumber | msgspec.UnsetType = msgspec.UNSET
    cues: Annotated[tuple[CueFields, ...], msgspec.Meta(max_length=MOST_CUES)] = ()
    replace: bool | msgspec.UnsetType = msgspec.UNSET
    first: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | msgspec.UnsetType = msgspec.UNSET


class LightRequest(Request, tag="light"):
    """Take from the world now: a light by `name` gives by hand, from now on, what it would follow at this moment: what
    it follows, or what its configuration says, or the light that reaches it; or what `follow` says. One that is not
    measured is, for a few frames; the answer comes then, or says within a second why not.
    """

    action: Literal["take"] = "take"
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    follow: Literal["world", "sun", "wall", "clipped"] | msgspec.UnsetType = msgspec.UNSET


ShowRequest = (
    SetRequest
    | BatchRequest
    | TakeRequest
    | NudgeRequest
    | AcknowledgeRequest
    | WorldsRequest
    | DeskRequest
    | LookRequest
    | CueRequest
    | UndoRequest
    | LeaseRequest
    | LightRequest
)


class Command(Evolving):
    """One request that reached the show.

    `sender` is the connection, `role` what it may do, lowered where the request asks for that; `order` counts all
    commands of an epoch. `owner` is the key, token or tablet that gives it ("" is this machine), `person` what that is
    called, `origin` where it came from, for people.
    """

    sender: str
    role: Role
    order: int
    request: ShowRequest
    owner: str = ""
    person: str = ""
    origin: str = ""

    @property
    def client(self) -> str:
        """Who gives it, over all of its connections; the connection where it names no session."""
        return self.request.session or self.sender

    @property
    def called(self) -> str:
        """Who gives it, for people; "" where nobody has said."""
        return self.person or self.request.client or ""


def setting_command(sender: str, targets: tuple[Target, ...]) -> Command:
    """The program's own command that sets values before a first frame: a still's pose, a benchmark's cameras."""
    return Command(sender=sender, role="admin", order=0, request=BatchRequest(id=sender, items=targets))
