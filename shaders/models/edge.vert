#version 410 core
// An edge of a model as a line on the picture: where it is seen as an outline or a crease, and nowhere else.

#include "models/scene.glsl"
#include "models/bending.glsl"

in vec3 position;
in vec3 along;
in vec3 normal_a;
in vec3 normal_b; // none of an edge that is open

uniform vec2 size_px;
uniform mat3 near_from_pixel; // times one over the depth

flat out vec3 plane_a; // one over the depth of the triangles' planes, by column and row
flat out vec3 plane_b;
flat out vec3 line; // slope and offset of the one coordinate over the other, in pixels; which one that is

const float NEAREST_M = 0.1;
const float CREASE = 0.9;
const float SHORTEST_PX = 2.0;

vec3 plane_of(vec3 normal, vec3 place) {
    return transpose(near_from_pixel) * normal / dot(normal, place);
}

vec2 pixel_of(vec4 clip) {
    return (0.5 + 0.5 * clip.xy / clip.w) * size_px;
}

void main() {
    Bent one = bent_vertex(position, normal_a, along);
    Bent other = bent_vertex(position, normal_b, along);
    vec3 here = one.place - eye.xyz;
    vec3 there = here + one.tangent;
    bool is_open = dot(normal_b, normal_b) == 0.0;
    bool faces_a = dot(one.normal, here) < 0.0;
    bool faces_b = dot(other.normal, here) < 0.0;
    bool steps = is_open || faces_a != faces_b || (faces_a && dot(one.normal, other.normal) < CREASE);
    vec4 clip = clip_from_near * vec4(here, 1.0);
    vec4 far = clip_from_near * vec4(there, 1.0);
    bool is_seen = steps && max(clip.w, far.w) > NEAREST_M;
    if (clip.w < NEAREST_M) {
        float part = (NEAREST_M - clip.w) / (far.w - clip.w);
        clip = mix(clip, far, part);
        here = mix(here, there, part);
    } else if (far.w < NEAREST_M) {
        far = mix(far, clip, (NEAREST_M - far.w) / (clip.w - far.w));
    }
    vec2 from = pixel_of(clip);
    vec2 to = pixel_of(far);
    vec2 way = to - from;
    bool is_steep = abs(way.y) > abs(way.x);
    float slope = is_steep ? way.x / way.y : way.y / way.x;
    line = is_steep ? vec3(slope, from.x - slope * from.y, 1.0) : vec3(slope, from.y - slope * from.x, 0.0);
    plane_a = faces_a ? plane_of(one.normal, here) : vec3(0.0);
    plane_b = faces_b && !is_open ? plane_of(other.normal, here) : vec3(0.0);
    gl_Position = clip;
    if (!is_seen || dot(way, way) < SHORTEST_PX * SHORTEST_PX) {
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    }
}
