// Light that says where it comes from: the signed unit vector to what the ray meets, from the stage's origin, over ground
// from the height that a picture would have been taken at, and of a flat layer from where it is placed from.

#include "common/world_surface.glsl"

vec4 layer_light(vec3 eye, vec3 ray, float width) {
    return vec4(normalize(met_by(eye, ray).direction), 1.0);
}

// One over the distance to the light along `ray`; 0 at infinity.
float layer_nearness(vec3 eye, vec3 ray) {
    return met_by(eye, ray).nearness;
}
