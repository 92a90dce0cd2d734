"""A volume as its technician would write it: three walls on two canvases, three trackers, three cameras."""

VOLUME = """\
[stage]
name = "My Volume"
frame_rate_hz = 50
outer_eye_m = [0.0, 0.0, 1.6]
latency_budget_ms = 120.0

[[walls]]
name = "main"
resolution_px = [1920, 960]
latency_ms = 33.0
signal = { curve = "pq", peak_nits = 1500.0 }
# 6 m along the arc, 5 m radius: 6/5 rad = 68.755 deg
shape = { kind = "arc", radius_m = 5.0, sweep_deg = 68.75494, height_m = 3.0, base_m = [0.0, 0.0, 0.05] }

[[walls]]
name = "ceiling"
resolution_px = [384, 256]
latency_ms = 40.0
signal = { curve = "srgb", peak_nits = 2000.0 }
shape = { kind = "plane", lower_left_m = [-1.5, 4.0, 3.3], lower_right_m = [1.5, 4.0, 3.3], upper_left_m = [-1.5, 2.0, 3.3] }

[[walls]]
name = "side"
resolution_px = [320, 400]
latency_ms = 40.0
signal = { curve = "gamma", gamma = 2.4, peak_nits = 800.0 }
shape = { kind = "plane", lower_left_m = [3.2, 3.6, 0.05], lower_right_m = [4.0, 1.7, 0.05], upper_left_m = [3.2, 3.6, 2.6] }

[[outputs]]
kind = "window"
size_px = [1280, 1024]
position_px = [0, 0]
fullscreen = false
regions = [
  { wall = "main", from_px = [0, 0], size_px = [960, 960], at_px = [0, 0] },
  { wall = "side", at_px = [960, 0] },
]
[[outputs]]
kind = "window"
size_px = [1344, 1024]
position_px = [1280, 0]
fullscreen = false
regions = [
  { wall = "main", from_px = [960, 0], size_px = [960, 960], at_px = [0, 0] },
  { wall = "ceiling", at_px = [960, 0] },
]

[[trackers]]
name = "crane"
protocol = "freed"
preset = "mosys"
source = "serial:///dev/ttyUSB0?baud=38400&parity=odd"
camera_id = 1
rate_hz = 50
delay_ms = 8.3
stage_from_tracker = { position_m = [0.1, -1.0, 0.0], rotation_deg = [0.0, 0.0, 0.0] }

[[trackers]]
name = "head"
protocol = "freed"
preset = "panasonic"
source = "udp://127.0.0.1:40001"
camera_id = 2
rate_hz = 59.94

[[trackers]]
name = "phone"
protocol = "osc"
preset = "zigsim"
source = "udp://127.0.0.1:50000"

[[cameras]]
name = "A"
tracker = "crane"
sensor_mm = [36.7, 20.64]
resolution_px = [3840, 2160]
zoom = [[0, 24.0], [32768, 50.0], [65535, 75.0]]
entrance_pupil_m = 0.11
marker_from_camera = { position_m = [0.0, 0.085, -0.142], rotation_deg = [0.0, 0.0, 0.0] }

[[cameras]]
name = "B"
tracker = "head"
focal_length_mm = 50.0
overscan_deg = 2.0

[[cameras]]
name = "witness"
tracker = "phone"
focal_length_mm = 28.0
parked = true

[world]
kind = "panorama"
file = "valley.png"
"""
