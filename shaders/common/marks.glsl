// Marks on a camera's inner region: the chroma-key patch with its crosses, and the outline of frame and view.

#include "common/equirectangular.glsl"

uniform vec4 key_edges;       // left, bottom, right, top: tangents; left beyond right where there is no key
uniform vec3 key_light;
uniform int marker_kind;      // 0 none, 1 at fixed angles seen from marker_eye, 2 at fixed places of the film frame
uniform vec3 marker_light;
uniform vec3 marker_eye;
uniform float marker_spacing; // radians, or tangents of the film frame
uniform float marker_reach;   // half a cross, in the same
uniform vec4 frame;           // left, bottom, right, top: tangents
uniform float outline;        // 1 where the camera's outline is on

const float ARM = 0.12;       // half an arm's width over the cross's reach
const vec3 FRAME_LINE = vec3(6.0, 3.5, 0.5);
const vec3 VIEW_LINE = vec3(0.5, 1.5, 3.0);

// Offset from the nearest marker, in radians to the right and upwards. Markers are on rings of equal elevation, each
// with as many as fit at the wanted spacing. The rings start at the horizon, their markers at +Y.
vec2 from_stage_marker(vec3 direction) {
    vec2 angles = (panorama_place(direction) - 0.5) * vec2(6.28318530718, -3.14159265359);
    float ring = round(angles.y / marker_spacing) * marker_spacing;
    float around = max(cos(ring), 0.0);
    float spacing = 6.28318530718 / max(round(6.28318530718 * around / marker_spacing), 1.0);
    return vec2((angles.x - round(angles.x / spacing) * spacing) * around, angles.y - ring);
}

// The share of an LED that a cross covers; `pitch` is the size of the LED in the units of `away`.
float cross_cover(vec2 away, float pitch) {
    vec2 side = abs(away);
    vec2 inside = 0.5 + (vec2(max(ARM * marker_reach, 0.5 * pitch), marker_reach)
                         - vec2(min(side.x, side.y), max(side.x, side.y))) / pitch;
    inside = clamp(inside, 0.0, 1.0);
    return inside.x * inside.y;
}

vec3 keyed(vec3 light, vec4 led, vec2 tangents, float depth) {
    vec3 direction = led.xyz - marker_eye;
    float cover = 0.0;
    if (marker_kind == 1) {
        cover = cross_cover(from_stage_marker(direction), max(led.a * inversesqrt(dot(direction, direction)), 1e-6));
    } else if (marker_kind == 2) {
        vec2 away = tangents - round(tangents / marker_spacing) * marker_spacing;
        cover = cross_cover(away, max(led.a / depth, 1e-6));
    }
    bool inside = all(greaterThanEqual(tangents, key_edges.xy)) && all(lessThanEqual(tangents, key_edges.zw));
    return inside ? mix(key_light, marker_light, cover) : light;
}

// Distance to the nearest edge of a rectangle, from inside or outside.
float edge_distance(vec2 tangents, vec4 edges) {
    vec2 beyond = max(edges.xy - tangents, tangents - edges.zw);
    return abs(length(max(beyond, 0.0)) + min(max(beyond.x, beyond.y), 0.0));
}

// Lines about two LEDs wide, the one of the frame over the one of the view.
vec3 outlined(vec3 light, vec4 led, vec2 tangents, float depth) {
    float pitch = depth > 1e-6 ? outline * led.a / depth : 0.0;
    light = edge_distance(tangents, view) < pitch ? VIEW_LINE : light;
    return edge_distance(tangents, frame) < pitch ? FRAME_LINE : light;
}
