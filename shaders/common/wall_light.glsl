// The light that one LED shows. With RAY the layer in "worlds/layer.glsl" is evaluated along the ray from the LED's eye,
// with LIGHT it is fetched from what layer passes have summed, with PICTURES it comes from pictures of the views. SUMMED
// adds the layer to what layer passes have summed before. TONED gives the views of the cameras and of the outer eye a
// matrix each.

#if !defined(LIGHT) && !defined(PICTURES)
#define RAY
#endif
#include "common/led.glsl"
#include "common/shares.glsl"
#include "common/pictures.glsl"
#include "common/mends.glsl"

#ifdef TONED
uniform mat3 inner_from_world;
uniform mat3 outer_from_world;
#endif

#if defined(LIGHT) || defined(SUMMED)
uniform sampler2D light_on_wall; // alpha: what is left of the last world's share
uniform float share_left;        // of a world that has no other layer; else below 0
#endif

vec3 toned(bool in_view, vec3 light, Shares shares) {
#ifdef TONED
    light = (in_view ? inner_from_world : outer_from_world) * light;
#endif
#ifdef CARDS
    light *= in_view ? shares.gain_in_view : shares.gain_behind;
#endif
    return light;
}

#ifdef RAY
// Light of the layer on an LED, and its mean cover there. Each turn of the loop takes the next eye that has a share in the LED, so that
// an LED outside all feathers costs one evaluation, however many cameras there are.
vec4 world_light(vec4 led, Shares shares) {
    vec4 light = vec4(0.0);
    float given = 0.0;
    int next = 0;
    int waiting = shares.count;
    do {
        vec3 from = outer_eye;
        float share = shares.camera[CAMERAS];
        int found = CAMERAS;
#if CAMERAS > 0
        for (int camera = CAMERAS - 1; camera >= 0; camera--) {
            bool sees = camera >= next && shares.camera[camera] > 0.0;
            from = sees ? eye[camera] : from;
            share = sees ? shares.camera[camera] : share;
            found = sees ? camera : found;
        }
#endif
        vec3 ray = led.xyz - from;
        vec4 seen = mended_light(from, ray, led.a * inversesqrt(dot(ray, ray)));
        light += share * vec4(toned(found < CAMERAS, seen.rgb, shares), seen.a);
        given += share;
        next = found + 1;
        waiting--;
    } while (waiting > 0);
    return vec4(light.rgb, light.a / max(given, 1e-6));
}
#endif

#ifdef LIGHT
vec4 world_light(vec4 led, Shares shares) {
    return texelFetch(light_on_wall, ivec2(gl_FragCoord.xy), 0);
}
#endif

#ifdef PICTURES
vec4 world_light(vec4 led, Shares shares) {
    vec3 light = vec3(0.0);
    if (shares.camera[CAMERAS] > 0.0) {
        vec3 behind = texelFetch(outer_on_wall, ivec2(gl_FragCoord.xy), 0).rgb;
        light = shares.camera[CAMERAS] * toned(false, behind, shares);
    }
#if CAMERAS > 0
    for (int camera = 0; camera < CAMERAS; camera++) {
        if (shares.camera[camera] > 0.0) {
            light += shares.camera[camera] * toned(true, inner_light(camera, led), shares);
        }
    }
#endif
    return vec4(light, 1.0);
}
#endif

// Light of the LED that is drawn; alpha is 0 where the raster has none.
vec4 wall_light() {
    vec4 led = led_at(gl_FragCoord.xy);
    Shares shares = shares_of(led, ivec2(gl_FragCoord.xy));
    vec3 light = world_light(led, shares).rgb;
#ifdef SUMMED
    vec4 before = texelFetch(light_on_wall, ivec2(gl_FragCoord.xy), 0);
    light = before.rgb + (share_left < 0.0 ? before.a : share_left) * light;
#endif
    light += shares.own;
    return led.a > 0.0 ? vec4(light, 1.0) : vec4(0.0);
}
