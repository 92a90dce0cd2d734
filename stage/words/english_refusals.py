"""The English sentences of what is refused or held, by code: `str.format` templates over its values."""

from __future__ import annotations

HOLDS = {
    "pose_not_finite": "camera {camera}: its pose is not finite",
    "pose_beyond_stage": (
        "camera {camera}: found at ({x_m:.3f}, {y_m:.3f}, {z_m:.3f}) m, expected a place within {farthest_m:.0f} m"
    ),
    "focal_length_absurd": (
        "camera {camera}: focal length {focal_length_mm:g} mm is not within {shortest_mm:g}-{longest_mm:g} mm"
    ),
    "on_wall": "camera {camera} stands on wall {wall}",
    "behind_wall": "camera {camera} stands behind wall {wall}",
    "lens_folds": "the lens folds over inside its frame",
    "lens_folds_at": "camera {camera}: the lens folds over inside its frame at {focal_length_mm:.4g} mm",
}

REFUSALS = {
    "no_parameter": "no parameter {path!r}",
    "no_parameter_near": "no parameter {path!r}; did you mean {nearest}?",
    "no_parameter_among": "no parameter {path!r}; {folder} has {names}",
    "no_parameter_among_many": "no parameter {path!r}; {folder} has {names} and {more} more",
    "not_a_number": "{path} takes a number, not {found}",
    "not_a_switch": "{path} takes true or false, not {found}",
    "not_a_choice": "{path} takes one of {choices}, not {found}",
    "not_text": "{path} takes text, not {found}",
    "number_out_of_range": "{path} is {found}, expected {minimum:g} to {maximum:g} {unit}",
    "number_in_gap": "{path} is {found}, expected 0, or {least:g} to {maximum:g} {unit}",
    "not_a_date": "{path} is {found}, expected a date from {first} to {last}, as 2026-03-20",
    "no_such_choice": "{path} is {found}, expected one of {choices}",
    "text_too_long": "{path} takes at most {most} characters",
    "value_goes_no_way_round": "{path} does not go round: leave out the way {found!r}",
    "value_needs_role": "{path} needs role {needed}, you are {role}",
    "command_needs_role": "{command} needs role {needed}, you are {role}",
    "id_used_before": "id {id!r} was used for another request: give every request an id of its own",
    "take_is_recording": "take {take!r} is already recording: stop it first",
    "take_name_not_one_line": "a take's name is one line of at most 100 characters, not {found!r}",
    "no_take_is_recording": "no take is recording",
    "kept_from_take": "recording: {path} stays as it is in the take {take!r}: stop it first, or force it",
    "force_needs_role": "only from role {needed} on can {path} be forced, you are {role}",
    "session_of_another": "this session belongs to another key, token or tablet: use one of your own",
    "value_leased": "another tablet is moving this: {path}; wait until it lets go",
    "value_leased_by": "another tablet is moving this: {who}, {path}; wait until it lets go",
    "no_lease": "nobody holds {path}: take the lease again",
    "changed_since": "{path} has changed since {if_seq}, in {seq}: look at it, then set it again",
    "changed_since_by": "{who} has changed {path} since {if_seq}, in {seq}: look at it, then set it again",
    "nothing_to_undo": "there is nothing that you could undo",
    "nothing_to_redo": "there is nothing that you could redo",
    "undo_value_gone": "{path} is there no longer, so this cannot be undone: forget it",
    "undo_value_changed": "{path} is {found} by now and no longer {left}, so this is not undone: set it by hand",
    "undo_value_changed_by": "{who} has set {path} to {found}, it is no longer {left}: this is not undone",
    "take_stopped_first": "take {take!r} was stopped before the recorder had begun it",
    "take_not_confirmed": "take {take!r} was not begun within {seconds:g} s and is off: {why}",
    "no_tracker": "no tracker {tracker!r}; the stage's trackers: {trackers}",
    "no_tracker_at_all": "no tracker {tracker!r}; the stage has none",
    "no_such_finding": "nothing in health has the code {found!r}: see `stage control status`",
    "no_world": "no world {found!r}; the stage's worlds: {worlds}",
    "nothing_to_fix": "nothing is found in world {world} that values could mend: see `stage control worlds`",
    "no_such_fix": "nothing found in world {world} has the code {found!r} and can be mended; these can: {codes}",
    "fix_in_a_take": "take {take} records world {world}, and it would leap in the picture: stop the take first",
    "no_look": "no look {found!r}: see `stage control look list`; the show has {count} of its own",
    "no_look_of_a_take": "no take's look {found!r}: see `stage control look list --takes`; there are {count}",
    "not_a_look_name": "no look can be called {found!r}: expected 1 to {most} printable characters",
    "look_name_taken": "there is a look {look!r} already: update it, or choose another name",
    "look_is_shipped": "look {look!r} is shipped with the program: recall it, and save it under another name",
    "look_is_of_a_take": "look {look!r} is what a take began with: rename it, which keeps it, then update it",
    "look_without_values": "look {look!r} has no values, expected at least one, as /time/hour",
    "looks_too_large": "all looks together may have {most_mib} MiB: delete some, or keep fewer values in each",
    "too_many_looks": "there are {most} looks already: delete one first",
    "not_of_its_world": "{path} is of a world that the look does not name",
    "not_in_looks": "{path} is not part of any look: set it by itself",
    "no_pose_yet": "tracker {tracker!r} has sent no pose yet, so there is no heading to set",
}

EDGE_REFUSALS = {
    "osc_arguments": "{address} takes {takes}, found {found}",
    "osc_stage_away": "the stage does not answer now",
    "osc_not_answered": "the stage has not answered within {seconds:g} s: look whether it was carried out",
    "not_one_body": "the message has {found} parts, expected one body",
    "not_a_request": "the message is not a request: {found}",
    "not_a_value": "a value is a number, true, false or text: {found}",
    "calls_waiting": "too many requests wait for an answer: send it again later",
    "commands_waiting": "too many commands wait for their frame: send it again later",
    "files_waiting": "too many files wait to be read or written: send it again later",
    "nothing_saved": "nothing is saved under {name!r}",
    "not_in_a_take": "recording: nothing is loaded during the take {take!r}: stop it first, or force it",
    "file_unusable": "{file}: {found}",
    "no_library": "this stage has no library: name its folder in the configuration, [library] folder",
    "world_configured": (
        "world {world} stands in the configuration: write its values there, under [[worlds]], or use "
        "`stage control save`"
    ),
    "world_file_broken": "{file}: {why}; correct the file or remove it, then save again",
    "world_file_hidden": "{file} would be a hidden file, which is never read: rename the picture, then save",
    "world_file_changed": "{file} has other layers than the world that is shown: wait until it is read, then save",
    "world_not_written": "world {world} is not written in {folder}: {why}",
    "library_folder_gone": "the folder is not there: connect its disk, or correct library.folder",
    "library_read_only": "this user may not write there: make the folder writable, or name another as library.folder",
    "library_disk_full": "its disk is full: make room there",
    "library_unusable": "{found}",
    "world_name_taken": "there is a world {world} already: choose another name",
    "not_a_world_name": (
        "no world can be called {found!r}: expected up to 100 printable characters, none of them / or \\, no dot or ~$ "
        "first"
    ),
    "not_so_many_pictures": "found {found} pictures, expected 1 to {most}, the farthest first",
    "not_a_library_picture": "{why}",
    "not_a_library_name": "{why}; rename it first",
    "library_picture_absent": (
        "found {found!r}, but there is no such file in the library's folder, expected one of its pictures"
    ),
}
"""Refusals of the control edge, which the fold does not know."""

WEB_REFUSALS = {
    "foreign_host": (
        "found the host {found!r}, which is no name of this machine: use the address that `stage run` has printed"
    ),
    "foreign_origin": "found the origin {found!r}, a page of another server: open the page of this one",
    "address_not_valid": "found the address {found!r}, expected a path that begins with /",
    "no_such_page": "there is nothing at {found!r}: see docs/control-api.md for what there is",
    "no_such_language": "found the language {found!r}, expected one of {languages}",
    "wrong_method": "found {found}, expected {allowed}: only POST /api/v1/command and /api/v1/ws change the stage",
    "not_json_content": "found the content type {found!r}, expected application/json: it keeps other pages' forms out",
    "not_json": "the body is not a JSON object: {found}",
    "body_too_long": "the body is too long, expected at most {most} bytes",
    "head_not_http": "what came is not an HTTP request with a head of at most {most} bytes",
    "request_too_slow": "the request was not complete within {seconds:g} s",
    "not_a_bearer": "found another authorization, expected `Authorization: Bearer TOKEN`",
    "no_such_token": "the token is not known: make one with `stage control keys add NAME --http`",
    "token_revoked": "the token of {name} was revoked: make another with `stage control keys add {name} --http`",
    "stage_silent": "the stage sends no status",
    "stage_not_answering": "the stage has not answered within {seconds:g} s: send it again under its id",
    "connections_taken": "{most} connections are open, which is as many as there can be: try again later",
    "requests_waiting": "too many requests wait for an answer: send it again later",
    "sockets_taken": "{most} WebSockets are open, which is as many as there can be: close one of them",
    "pictures_waiting": "too many pictures are waited for: ask again later",
    "not_a_socket": "this is a WebSocket: connect with ws://",
    "not_a_stream": "found the stream {found!r}, expected one of {streams}",
    "not_text_message": "found a binary message, expected text with a JSON object",
    "not_about_pictures": 'found {found!r}, expected {{"watch": [...]}} or {{"shown": NUMBER}}',
    "not_a_sent_picture": "found {found} as the number of a picture that was shown, expected 1 to {newest}",
    "not_a_watch_list": "found {found}, expected a list of at most {most} pictures to watch",
    "not_a_watch": 'found {found}, expected {{"topic": "film/A", "width": 640}}',
    "no_such_picture": "found the picture {found}, expected one of {topics}",
    "not_a_width": "found the width {found}, expected a whole number of pixels from 1 to {widest}",
    "went_wrong": "the page made a mistake; it goes on",
}
"""What the web process refuses."""
