#version 410 core
// Rectangles of a target, as `full_target.vert` has them, with what its pixels need of camera and wall.

#define VERTEX
#include "readback/film_handed.glsl"

in vec4 rectangle; // left, top, right, bottom, from -1 to 1 over the target; row 0 is the top

uniform vec2 film_px;
uniform vec2 mm_per_px;
uniform float focal_mm;
uniform vec2 projection_offset_mm;
uniform vec2 distortion_offset_mm;
uniform mat3 stage_from_camera;
uniform vec3 eye;
uniform vec4 arc; // radius and height in metres, sweep and turn in radians
uniform vec3 dual_across;
uniform vec3 dual_up;
uniform vec3 normal;

void main() {
    vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
    vec2 place = mix(rectangle.xy, rectangle.zw, corner);
    vec2 off_mm = 0.5 * place * film_px * mm_per_px - projection_offset_mm;
#ifdef BENDS
    film_mm = off_mm - distortion_offset_mm;
#else
    film_tangents = off_mm * vec2(1.0, -1.0) / focal_mm;
    film_ray = stage_from_camera * vec3(film_tangents.x, 1.0, film_tangents.y);
#endif
    wall_eye = eye;
#if defined(ARC)
    wall_arc = vec4(dot(eye.xy, eye.xy) - arc.x * arc.x, 1.0 / arc.z, 1.0 / arc.y, arc.w);
    wall_ends = vec3(-sin(arc.w), cos(arc.w), arc.x * cos(min(0.5 * arc.z, 3.14159265)));
#elif !defined(MESH)
    wall_across = vec4(dual_across, dot(dual_across, eye));
    wall_up = vec4(dual_up, dot(dual_up, eye));
    wall_normal = vec4(normal, dot(normal, eye));
#endif
    gl_Position = vec4(place, 0.0, 1.0);
}
