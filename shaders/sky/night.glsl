// What a night sky has besides: with MOON its disc, with STARS the stars, with SECOND another light in the air.

#include "sky/moon_disc.glsl"
#include "sky/stars.glsl"

#ifdef SECOND
uniform sampler2D other_by_air;
uniform sampler2D other_by_haze;
uniform vec4 other_light; // where it is seen, and how strong it is
uniform vec2 other_heading;
#endif

#ifdef STARS
uniform sampler2D air_rows; // what a ray's air takes
uniform mat3 world_from_air;
#endif

#ifdef MOON
// Towards a unit vector, through the air of a row of the tables.
vec3 night_light(vec3 direction, float footprint, float row) {
    vec4 moon = moon_seen(direction, footprint);
#ifdef STARS
    vec3 behind = exp(-textureLod(air_rows, vec2(0.25, row), 0.0).rgb) * starlight(direction, footprint);
    moon.rgb += (1.0 - moon.a) * (world_from_air * behind);
#endif
    return moon.rgb;
}
#endif
