// What a night sky has besides: a second light in the air, the moon's disc, and with STARS the stars.

#ifdef MOON
#include "sky/blurred_disc.glsl"

uniform sampler2D other_by_air;
uniform sampler2D other_by_haze;
uniform vec4 other_light;   // where it is seen, and how strong it is; 0 where there is only one light
uniform vec2 other_heading;
uniform sampler2D air_rows; // what a ray's air takes
uniform mat3 world_from_air;
uniform vec4 moon;          // where it is seen, and its squared radius
uniform vec3 moon_lit_by;   // from the moon to its light
uniform vec3 moon_lights;   // of its disc: where it is lit from straight ahead; the mean of its lit part; earthshine

// A ball of dust (Lommel and Seeliger). What is smaller than a footprint has its mean, so that nothing flickers.
float moon_disc(vec3 direction, float footprint) {
    vec3 aside = direction - moon.xyz;
    float away = dot(aside, aside);
    float facing = sqrt(max(1.0 - away / moon.w, 0.0));
    vec3 normal = (aside - dot(aside, moon.xyz) * moon.xyz) * inversesqrt(moon.w) - facing * moon.xyz;
    float lit = max(dot(normal, moon_lit_by), 0.0);
    float shade = 2.0 * lit / max(lit + facing, 1e-3);
    float coarse = clamp(footprint * inversesqrt(moon.w) - 0.5, 0.0, 1.0);
    float light = mix(moon_lights.x * shade, moon_lights.y, coarse) + moon_lights.z;
    return light * blurred_disc(away, moon.w, footprint);
}

vec3 night_light(vec3 direction, float footprint, float row) {
    vec3 passing = exp(-textureLod(air_rows, vec2(0.25, row), 0.0).rgb);
    vec3 light = vec3(moon_disc(direction, footprint));
    return world_from_air * (passing * light);
}
#endif
