// The moon's disc with its phase, filtered to the footprint of what shows it.

#include "sky/blurred_disc.glsl"

uniform vec4 moon;        // where it is seen, and its squared radius
uniform vec3 moon_lit_by; // from the moon to its light
uniform vec3 moon_lights; // of its disc: where it is lit from straight ahead; the mean of all of it; earthshine

// Its light, and how much it covers. A ball of dust (Lommel and Seeliger); one smaller than a footprint has its mean.
vec2 moon_disc(vec3 direction, float footprint) {
    vec3 aside = direction - moon.xyz;
    float away = dot(aside, aside);
    float scale = inversesqrt(moon.w);
    float inwards = min(1.0, 0.97 * inversesqrt(max(away, 1e-12)) / scale); // its blurred edge is lit as the limb inside it
    float facing = sqrt(max(1.0 - inwards * inwards * away / moon.w, 0.0));
    vec3 normal = (aside - dot(aside, moon.xyz) * moon.xyz) * (inwards * scale) - facing * moon.xyz;
    float lit = max(dot(normal, moon_lit_by), 0.0);
    float shade = 2.0 * lit / max(lit + facing, 1e-3);
    float coarse = clamp(footprint * scale - 0.5, 0.0, 1.0);
    float light = mix(moon_lights.x * shade, moon_lights.y, coarse) + moon_lights.z;
    float disc = blurred_disc(away, moon.w, footprint);
    return vec2(light * disc, min(disc, 1.0));
}
