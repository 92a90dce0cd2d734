#version 410 core
// A world whose light encodes place: the signed unit vector from the stage's origin to what the ray meets.

#include "common/view_ray.glsl"
#include "common/world_sphere.glsl"

out vec4 light;

void main() {
    vec3 point = direction_from_origin(eye, view_ray());
    light = vec4(normalize(point), inverse_distance(eye, point));
}
