// A sky along a ray: what the air scatters of sun and moon (sky/light.frag), and what is seen through it. It is infinitely
// far away. NIGHT adds stars, SECOND another light in it, VEILED clouds and fog.

#include "common/handed.glsl"
#include "sky/phase.glsl"
#include "sky/table_places.glsl"
#include "sky/sun_disc.glsl"
#include "sky/night.glsl"
#include "sky/clouds.glsl"
#include "sky/fog.glsl"

uniform sampler2D main_by_air; // by the stronger light
uniform sampler2D main_by_haze;

vec3 scattered(sampler2D by_air, sampler2D by_haze, vec2 place, float cosine) {
    return textureLod(by_air, place, 0.0).rgb + haze_phase(cosine) * textureLod(by_haze, place, 0.0).rgb;
}

// A row of the tables, towards a unit vector; `level` is the length of its horizontal part.
vec3 air_light(float row, vec3 direction, float level) {
    float scale = 1.0 / max(level, 1e-6);
    vec2 place = vec2(turn_place(dot(direction.xy, main_heading) * scale), row);
    vec3 light = main_light.w * scattered(main_by_air, main_by_haze, place, dot(direction, main_light.xyz));
#ifdef SECOND
    place.x = turn_place(dot(direction.xy, other_heading) * scale);
    light += other_light.w * scattered(other_by_air, other_by_haze, place, dot(direction, other_light.xyz));
#endif
    return light;
}

// An LED that has the horizon in it is looked up on both sides; the loop ends as soon as no LED of a group needs it again.
vec4 layer_light(vec3 eye, vec3 ray, float width) {
    float nearness = inversesqrt(dot(ray, ray));
    float footprint = width * nearness;
    vec3 direction = ray * nearness;
    float level = sqrt(dot(direction.xy, direction.xy));
    float tangent = half_tangent(direction.z, level, sky_horizon);
    float above = clamp(2.0 * tangent / footprint + 0.5, 0.0, 1.0);
    float upper = row_above(tangent, sky_horizon);
    bool up = above >= 0.5;
    float share = up ? above : 1.0 - above;
    int turns = share < 1.0 ? 2 : 1;
    vec3 light = vec3(0.0);
#ifdef VEILED
    Veil clouds = cloud_veil(direction, level, footprint);
#endif
    do {
        vec3 air = air_light(up ? upper : row_below(tangent, sky_horizon), direction, level);
#ifdef VEILED
        air = up ? air * clouds.air + clouds.light : air * cloud_air.w;
#endif
        light += share * air;
        up = !up;
        share = 1.0 - share;
        turns--;
    } while (turns > 0);
    vec3 beyond = sun_light(direction, footprint);
    beyond += moon_and_stars(direction, footprint, upper);
#ifdef VEILED
    Veil foggy = fog_veil(direction, above >= 0.5);
    light = foggy.passing * light + foggy.light;
    beyond *= clouds.passing * foggy.passing;
#endif
    return vec4(light + above * beyond, 1.0);
}

// One over the distance to the light along `ray`: 0, it is at infinity.
float layer_nearness(vec3 eye, vec3 ray) {
    return 0.0;
}
