// Light that says where it comes from: the signed unit vector from the stage's origin to what the ray meets.

#include "common/world_sphere.glsl"

vec4 layer_light(vec3 eye, vec3 ray, float footprint) {
    return vec4(normalize(direction_from_origin(eye, ray)), 1.0);
}

// One over the distance to the light along `ray`; 0 at infinity.
float layer_nearness(vec3 eye, vec3 ray) {
    return inverse_distance(eye, direction_from_origin(eye, ray));
}
