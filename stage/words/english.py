"""The English sentences, by code: `str.format` templates over the values that come with it.

A value named `why`, `cause` or `stage` is itself a code of this table.
"""

from __future__ import annotations

from render.images.faults import PICTURE_FAULTS
from render.models.faults import MODEL_FAULTS
from render.worlds.shared.formats import UNREAD_KINDS
from stage.config.file_faults import FILE_FAULTS
from stage.config.wording import WORLD_RULES
from stage.words.english_access import ACCESS
from stage.words.english_pictures import MISSING, PICTURES, REMARKS
from stage.words.english_refusals import EDGE_REFUSALS, HOLDS, REFUSALS, WEB_REFUSALS
from stage.words.english_show import CUES, LIGHT_REFUSALS, LIGHTS, MODELS, PLATES
from tracking.system_faults import SYSTEM_FAULTS
from tracking.tracker.hints import HINTS

HEALTH = {
    "tracker_late": "tracker {tracker} is late: packets are missing, its pose is predicted",
    "tracker_lost": "tracker {tracker} is lost: its last pose is held",
    "tracker_never": "tracker {tracker} has sent nothing yet: check its address with `stage listen`",
    "tracker_refused": "tracker {tracker}: {count} packets came, none could be used: {why}",
    "refused_length": "{protocol} of a wrong length: check what the device sends with `stage listen`",
    "refused_checksum": "{protocol} with a wrong checksum: check the cable, or the sender's settings",
    "refused_type": "not {protocol}: set `protocol` to what `stage listen` shows",
    "refused_id": "of camera {found}, expected {expected}: correct camera_id, or the number in the device",
    "refused_not_finite": "{protocol} with poses that are not finite: restart the tracker",
    "refused_jump": "the poses leap: check the tracker, or raise max_speed_m_s and max_turn_deg_s",
    "refused_duplicate": "they are copies of earlier packets: check the network for a loop or a second sender",
    "refused_reordered": "they are older than the newest packet: check the network, or whether two devices send",
    "refused_decode": "{protocol} that cannot be read: see the tracker's hint in `stage control status`",
    "refused_lost": "the device reports that it has lost its position (all zeros): make it find its position again",
    "refused_incomplete": "no message has carried {missing}: send them once, or remove them from the map",
    "tracker_clock_wrong": (
        "tracker {tracker}: its time stamps advance {speed:.4g} s a second, so they are not used: {why}"
    ),
    "clock_has_another_unit": "correct their unit in the device",
    "clock_has_another_rate": "correct the device's clock or frame rate",
    "tracker_packets_lost": "tracker {tracker} loses {lost:.0%} of its packets: look at its network or cable",
    "tracker_rate_wrong": (
        "tracker {tracker} sends {rate_hz:.0f} Hz, its rate_hz says {configured_hz:g}: correct rate_hz"
    ),
    "wall_held": "wall {wall} holds the last possible picture: {why}",
    "overscan_missed": (
        "camera {camera} saw beyond its inner picture in {frames:.0f} frames lately: "
        "set /camera/{camera}/overscan_mode to follow, or raise its overscan"
    ),
    "started_in_force": "the stage started with {path} {value}, normally {normal}: set it back, or acknowledge it",
    "open_to_network": "anyone on the network may control the stage: it was started with --insecure-lan ({address})",
    "guard_forced": "take {take}: {found} was forced while it records, {count} in all: {why}",
    "forced_by_somebody": "by {who}",
    "forced_by_unknown": "by a client without a name",
    "fades_running": "fades still running: {count}, {path} among them",
    "dissolve_running": "a dissolve to world {world} still runs",
    "world_loading": "world {world} is still being read",
    "value_in_force": "{path} is {value}, normally {normal}",
    "frames_lacking": "{why}: {true_rate_hz:.0f} of {rate_hz:.4g} frames a second reach the walls",
    "frames_late": "{why}: {late:.0%} of the frames reach the walls late",
    "drawing_takes": "drawing takes {took_ms:.0f} ms of {period_ms:.0f}",
    "stepping_takes": "working out a frame takes {took_ms:.0f} ms of {period_ms:.0f}",
    "frames_begin_late": "the machine is busy, so frames begin late",
    "latency_over_budget": "latency is {latency_ms:.0f} ms, its budget {budget_ms:g} ms: {why}",
    "latency_grew": "latency is {latency_ms:.0f} ms, it was {usual_ms:.0f} ms at first: {why}",
    "stage_is_longest": "{stage} takes most, {stage_ms:.1f} ms",
    "stage_grew": "{stage} grew from {stage_usual_ms:.1f} to {stage_ms:.1f} ms",
    "sample_to_received": "sample to received",
    "received_to_drained": "received to drained",
    "drained_to_stepped": "drained to stepped",
    "stepped_to_drawn": "stepped to drawn",
    "drawn_to_presented": "drawn to presented",
    "presented_to_light": "presented to light",
    "input_dropped": "{source}: {count} dropped since the start, the newest just now ({why})",
    "dropped_over_budget": "flood: more than {most} packets a frame",
    "dropped_over_bytes": "flood: more than {most} bytes a frame",
    "dropped_over_work": "flood: more to decode in a frame than {most} OSC messages",
    "dropped_too_long": "longer than {most} bytes",
    "dropped_kernel": "the receive buffer was full",
    "dropped_socket": "the socket could not be read",
    "dropped_overflow": "more than {most} pieces of a serial line waited",
    "dropped_other": "{found}",
    "source_disconnected": "{source} is disconnected: look at its cable; it is tried again twice a second",
    "source_back": "{source} is back; disconnections since the start: {count}",
    "takes_unusable": "no take can be recorded: {why}",
    "source_reopened": (
        "{source} closed all its connections and opened its ports again, number {count} since the start: {why}; "
        "look for the client that floods it"
    ),
    "clients_turned_away": "{source}: connections closed since the start: {count}, the newest just now ({why})",
    "turned_connections": "there were too many",
    "turned_flood": "it sent too many heartbeats or subscriptions",
    "turned_frame_too_long": "a frame was too long",
    "turned_handshake": "its handshake took too long",
    "turned_message_too_long": "a message was too long, or had too many parts",
    "turned_not_zeromq": "it does not speak ZeroMQ",
    "turned_slow": "it did not read what was sent to it",
    "turned_wrong_socket": "its socket is of another kind than this port's clients have",
    "key_refused": "the control API refused a key from {origin}: {why}; refusals since the start: {count}",
    "key_unknown": "{who} is the beginning of a key that is not known here",
    "key_revoked": "the key {who} was revoked",
    "key_absent": "it came without one",
    "not_the_panel": "it spoke for others and does not know the secret of this run",
    "reopened_for_memory": "clients made it hold too much memory",
    "reopened_for_connections": "it had too many connections",
    "look_unreadable": "the look in {file} is not read: {why}",
    "looks_unreadable": "further files of looks that are not read: {count}",
    "looks_left_out": "files of looks above the {most} that there may be: {count}; the newest are there",
    "look_not_written": "looks cannot be written ({file}): {found}; make room, or give another folder with --show",
    "look_named_twice": "{other} has the look {look!r} already: give this one another name",
    "look_files_too_many": "there are {most} looks already: delete one first",
    "unknown_cause": "no cause was given",
}

RECOVERY = {
    "core_restarted": "restarts of the core: {count}, the last because it ended with {exit}",
    "state_doubted": "cores died one after the other: only the values and the take were carried over",
    "change_taken_back": (
        "cores died one after the other: {path} is back at {value}, it was {found} ({paths} values in this change)"
    ),
    "values_reset": "values that no longer fit the stage and were reset, {count} in all: {paths}",
    "checkpoint_too_small": "the state is larger than its checkpoint: a core that dies loses its newest changes",
    "world_withdrawn": "world {world} was waited for and is there no longer: {on_air} stays on air",
    "world_left_out": "world {world} cannot stand ready: {why}",
    "world_changed_on_air": "it has changed, and is on air as it was: leave it first",
    "too_many_worlds": "found {most} others, expected fewer",
    "world_rule_broken": "{key}: {cause}",
    "acknowledged": "{found} was acknowledged by {who} in frame {frame}",
    "stage_resumed": "the stage resumed after an end that was not clean: the changes of its last second may be missing",
}
"""What stands until somebody has acknowledged it."""

TAKES = {
    "take_failed": "take {take} failed: {why}",
    "take_gap": "take {take}: {why}",
    "frames_missing": "frames {first} to {last} are missing: {cause}",
    "frame_missing": "frame {first} is missing: {cause}",
    "frames_missing_up_to": "frames up to {last} are missing: {cause}",
    "no_frame_missing": "no frame is missing, but the take was interrupted: {cause}",
    "frames_missing_from": "frames from {first} on are missing: {cause}",
    "frames_may_be_missing_from": "frames from {first} on may be missing: {cause}",
    "frames_before_part_missing": "frames before part {part} are missing: {cause}",
    "core_died": "the core died",
    "core_silent": "the core fell silent",
    "recorder_not_running": "the recorder was not running",
    "recorder_too_slow": "the recorder could not keep up",
    "recorder_silent": "the recorder sent no heartbeat for 1 s",
    "recorder_died": "the recorder died",
    "recorder_ended": "the recorder was ended",
    "recorder_closed_take": "the recorder closed the take",
    "next_take_began": "the next take began",
    "take_complete": "{frames} frames",
    "take_repaired": "repaired after the recorder ended without closing it: {frames} frames",
    "take_not_begun": "the take cannot be written: {error}",
    "take_cut_short": "the take cannot be written: {error}; what was whole is kept",
    "no_room_to_begin": "{free_mb} MB are free, {needed_mb} MB are needed to begin: free some space",
    "room_ran_out": "{free_mb} MB are free: the take was closed in time",
    "disk_low": "{free_mb} MB are free on the takes' disk",
    "recorder_missing": (
        "no recorder is running, so nothing can be recorded: see the message that the stage printed when it ended"
    ),
}

TAKE_FILES = {
    "take_not_opened": "cannot be read: {found}; give the path of a take (.mcap)",
    "take_unreadable": "found no readable take, expected an MCAP file of `stage`: {why}",
    "take_of_another_kind": "it is a file of another kind",
    "take_begins_damaged": "its beginning is damaged",
    "take_without_description": "it holds no description of a take",
    "take_format_unknown": (
        "found take format {found}, expected one of {expected}: replay it with the version that made it ({version})"
    ),
    "take_altered": "the attached {name} is not what was recorded (its SHA-256 differs)",
}
"""Why the file of a take cannot be read."""

ENGLISH = {
    **HOLDS,
    **REFUSALS,
    **EDGE_REFUSALS,
    **WEB_REFUSALS,
    **ACCESS,
    **HEALTH,
    **MISSING,
    **RECOVERY,
    **TAKES,
    **TAKE_FILES,
    **PICTURES,
    **REMARKS,
    **CUES,
    **LIGHTS,
    **PLATES,
    **MODELS,
    **LIGHT_REFUSALS,
    **WORLD_RULES,
    **FILE_FAULTS,
    **PICTURE_FAULTS,
    **MODEL_FAULTS,
    **UNREAD_KINDS,
    **SYSTEM_FAULTS,
    **HINTS,
}
