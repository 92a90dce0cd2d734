// What is seen beside the sun: the moon's disc, and with NIGHT the stars, and with SECOND another light in the air.

#include "sky/moon_disc.glsl"
#include "sky/stars.glsl"

#ifdef SECOND
uniform sampler2D other_by_air;
uniform sampler2D other_by_haze;
uniform vec4 other_light; // where it is seen, and how strong it is
uniform vec2 other_heading;
#endif

#ifdef NIGHT
uniform sampler2D air_rows; // what a ray's air takes
uniform mat3 world_from_air;
#endif

// Towards a unit vector, through the air of a row of the tables.
vec3 moon_and_stars(vec3 direction, float footprint, float row) {
    vec4 disc = moon_seen(direction, footprint);
#ifdef NIGHT
    vec3 behind = exp(-textureLod(air_rows, vec2(0.25, row), 0.0).rgb) * starlight(direction, footprint);
    disc.rgb += (1.0 - disc.a) * (world_from_air * behind);
#endif
    return disc.rgb;
}
