// A sky: blue above, brighter towards the horizon and by day.

#include "common/world_surface.glsl"

uniform vec3 given_sun;

vec4 layer_light(vec3 eye, vec3 ray, float footprint) {
    float up = normalize(met_by(eye, ray).direction).z;
    float day = clamp(0.5 + 2.0 * given_sun.z, 0.01, 1.0);
    return vec4(day * mix(vec3(0.5, 0.6, 0.7), vec3(0.1, 0.2, 0.5), clamp(up, 0.0, 1.0)), 1.0);
}

// One over the distance to the light along `ray`; 0 at infinity.
float layer_nearness(vec3 eye, vec3 ray) {
    return met_by(eye, ray).nearness;
}
