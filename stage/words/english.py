"""The English sentences, by code: `str.format` templates over the values that come with it.

A value named `why`, `cause` or `stage` is itself a code of this table.
"""

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
    "no_such_choice": "{path} is {found}, expected one of {choices}",
    "text_too_long": "{path} takes at most {most} characters",
    "value_needs_role": "{path} needs role {needed}, you are {role}",
    "command_needs_role": "{command} needs role {needed}, you are {role}",
    "id_used_before": "id {id!r} was used for another request: give every request an id of its own",
    "take_is_recording": "take {take!r} is already recording: stop it first",
    "no_take_is_recording": "no take is recording",
    "no_tracker": "no tracker {tracker!r}; the stage's trackers: {trackers}",
    "no_pose_yet": "tracker {tracker!r} has sent no pose yet, so there is no heading to set",
}

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
    "dropped_too_long": "longer than {most} bytes",
    "dropped_kernel": "the receive buffer was full",
    "dropped_socket": "the socket could not be read",
    "dropped_overflow": "more than {most} pieces of a serial line waited",
    "dropped_other": "{found}",
    "source_disconnected": "{source} is disconnected: look at its cable; it is tried again twice a second",
    "source_back": "{source} is back; it was disconnected {count} times since the start",
    "unknown_cause": "no cause was given",
}

ENGLISH = {**HOLDS, **REFUSALS, **HEALTH}
