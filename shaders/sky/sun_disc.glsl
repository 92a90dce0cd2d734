// The sun's disc, as wide and as bright as it is, filtered to the footprint of what shows it.

#include "common/handed.glsl"
#include "sky/blurred_disc.glsl"

// The mean light over a footprint. What the air leaves of it differs from one edge to the other where it is low, so it is a
// parabola over the disc's height.
vec3 sun_light(vec3 direction, float footprint) {
    vec3 aside = direction - sun_disc.xyz;
    float higher = clamp(aside.z * sun_disc.w, -1.0, 1.0);
    vec3 light = sun_middle + higher * (sun_slope + higher * sun_bend);
    return blurred_disc(dot(aside, aside), SUN_SQUARED, footprint) * light;
}
