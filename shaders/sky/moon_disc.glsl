// The moon's disc with its phase, filtered to the footprint of what shows it.

#include "common/handed.glsl"
#include "sky/blurred_disc.glsl"

// Its light, and how much it covers. A ball of dust (Lommel and Seeliger); one smaller than a footprint has its mean, and
// its blurred edge is lit as the limb inside it.
vec4 moon_seen(vec3 direction, float footprint) {
    vec3 aside = direction - moon.xyz;
    float away = dot(aside, aside);
    float share = away / MOON_SQUARED;
    float facing = sqrt(max(1.0 - share, 0.05));
    float inwards = share > 0.95 ? inversesqrt(share) : 1.0;
    float lit = max(inwards * dot(aside, moon_across.xyz) + facing * moon.w, 0.0);
    float shade = 2.0 * lit / max(lit + facing, 1e-3);
    float coarse = clamp(footprint * (1.0 / sqrt(MOON_SQUARED)) - 0.5, 0.0, 1.0);
    float disc = blurred_disc(away, MOON_SQUARED, footprint);
    return vec4(disc * (mix(shade, moon_across.w, coarse) + moon_light.w) * moon_light.rgb, min(disc, 1.0));
}
