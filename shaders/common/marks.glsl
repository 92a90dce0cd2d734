// Marks on the cameras' inner regions: the chroma-key patch with its crosses, and the outline of frame and view. Each
// gives its light and in alpha whether it covers the LED.

#include "common/equirectangular.glsl"

#if defined(MARKS) && CAMERAS > 0
uniform vec4 key_edges[CAMERAS];       // left, bottom, right, top: tangents; left beyond right where there is no key
uniform vec3 key_light[CAMERAS];
uniform int marker_kind[CAMERAS];      // 0 none, 1 at fixed angles seen from marker_eye, 2 at fixed places of the frame
uniform vec3 marker_light[CAMERAS];
uniform vec3 marker_eye[CAMERAS];
uniform float marker_spacing[CAMERAS]; // radians, or tangents of the film frame
uniform float marker_reach[CAMERAS];   // half a cross, in the same
uniform vec4 frame[CAMERAS];           // left, bottom, right, top: tangents
uniform float outline[CAMERAS];        // 1 where the camera's outline is on

const float ARM = 0.12;       // half an arm's width over the cross's reach
const vec3 FRAME_LINE = vec3(6.0, 3.5, 0.5);
const vec3 VIEW_LINE = vec3(0.5, 1.5, 3.0);

// Offset from the nearest marker, in radians to the right and upwards. Markers are on rings of equal elevation, each
// with as many as fit at the wanted spacing. The rings start at the horizon, their markers at +Y.
vec2 from_stage_marker(vec3 direction, float marker_spacing) {
    vec2 angles = (panorama_place(direction, 0.5) - 0.5) * vec2(6.28318530718, -3.14159265359);
    float ring = round(angles.y / marker_spacing) * marker_spacing;
    float around = max(cos(ring), 0.0);
    float spacing = 6.28318530718 / max(round(6.28318530718 * around / marker_spacing), 1.0);
    return vec2((angles.x - round(angles.x / spacing) * spacing) * around, angles.y - ring);
}

// The share of an LED that a cross covers; `pitch` is the size of the LED in the units of `away`.
float cross_cover(vec2 away, float reach, float pitch) {
    vec2 side = abs(away);
    vec2 inside = 0.5 + (vec2(max(ARM * reach, 0.5 * pitch), reach)
                         - vec2(min(side.x, side.y), max(side.x, side.y))) / pitch;
    inside = clamp(inside, 0.0, 1.0);
    return inside.x * inside.y;
}

vec4 key_on(int camera, vec4 led, vec2 tangents, float depth) {
    vec3 direction = led.xyz - marker_eye[camera];
    float spacing = marker_spacing[camera];
    vec2 from_marker = tangents - round(tangents / spacing) * spacing;
    float pitch = led.a / max(depth, 1e-6);
    if (marker_kind[camera] == 1) {
        from_marker = from_stage_marker(direction, spacing);
        pitch = led.a * inversesqrt(dot(direction, direction));
    }
    float cover = marker_kind[camera] == 0 ? 0.0 : cross_cover(from_marker, marker_reach[camera], max(pitch, 1e-6));
    vec4 edges = key_edges[camera];
    bool inside = all(greaterThanEqual(tangents, edges.xy)) && all(lessThanEqual(tangents, edges.zw));
    return vec4(mix(key_light[camera], marker_light[camera], cover), float(inside));
}

// Distance to the nearest edge of a rectangle, from inside or outside.
float edge_distance(vec2 tangents, vec4 edges) {
    vec2 beyond = max(edges.xy - tangents, tangents - edges.zw);
    return abs(length(max(beyond, 0.0)) + min(max(beyond.x, beyond.y), 0.0));
}

// Lines about two LEDs wide, the one of the frame over the one of the view.
vec4 outline_on(int camera, vec4 view, vec4 led, vec2 tangents, float depth) {
    float pitch = depth > 1e-6 ? outline[camera] * led.a / depth : 0.0;
    bool on_frame = edge_distance(tangents, frame[camera]) < pitch;
    bool on_view = edge_distance(tangents, view) < pitch;
    return vec4(on_frame ? FRAME_LINE : VIEW_LINE, float(on_frame || on_view));
}
#endif
