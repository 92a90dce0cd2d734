// The light that one LED shows. With RAY the layer in "worlds/layer.glsl" is evaluated along the ray from the LED's eye,
// with LIGHT it is fetched from what layer passes have summed, with PICTURES it comes from pictures of the views. SUMMED
// adds the layer to what layer passes have summed before. TONED gives the views of the cameras and of the outer eye a
// matrix each, TONED_ALONE one where one eye is alone. COVERED shows only LEDs of which nothing is left: with LIGHT what
// layer passes have summed as it is, with RAY a layer that covers what is behind it. APART is one camera with a picture of
// its own before the one around the outer eye. WEATHER lays rain, snow and dust over all of it.

#if !defined(LIGHT) && !defined(PICTURES)
#define RAY
#endif
#include "common/led.glsl"
#include "common/shares.glsl"
#include "common/pictures.glsl"
#include "common/mends.glsl"
#include "common/weather.glsl"

#ifdef TONED
uniform mat3 inner_from_world;
uniform mat3 outer_from_world;
#endif

#if defined(LIGHT) || defined(SUMMED)
uniform sampler2D light_on_wall; // alpha: what is left of the last world's share
uniform float share_left;        // of a world that has no other layer, times what its light is graded by; else less than
                                 // 0, and that number by itself
#endif

vec3 toned(bool in_view, vec3 light, Shares shares) {
#ifdef TONED_ALONE
    light = tone * light;
#endif
#ifdef TONED
    light = (in_view ? inner_from_world : outer_from_world) * light;
#endif
#ifdef CARDS
    light *= in_view ? shares.gain_in_view : shares.gain_behind;
#endif
    return light;
}

#if defined(RAY) || defined(WEATHER)
struct Eye {
    vec3 place;
    float share;
    int number; // of the camera; CAMERAS is the outer eye
};

// The first eye from camera `next` on that has a share in the LED.
Eye eye_from(int next, Shares shares) {
    Eye found = Eye(outer_eye, shares.camera[CAMERAS], CAMERAS);
#if CAMERAS > 0
    for (int camera = CAMERAS - 1; camera >= 0; camera--) {
        bool sees = camera >= next && shares.camera[camera] > 0.0;
        found.place = sees ? EYE(camera) : found.place;
        found.share = sees ? shares.camera[camera] : found.share;
        found.number = sees ? camera : found.number;
    }
#endif
    return found;
}
#endif

#if defined(APART) && !defined(MENDED) && !defined(FOLLOWS)
// The same as below where one camera has a picture of its own: each of both pictures is looked into once.
vec4 world_light(vec4 led, Shares shares) {
    float inside = shares.camera[0];
    float outside = shares.camera[CAMERAS];
    vec4 in_view = look_light(led.xyz - EYE(0), led.a);
    vec4 behind = around_light(led.xyz - outer_eye, led.a);
    vec4 light = inside > 0.0 ? inside * vec4(toned(true, in_view.rgb, shares), in_view.a) : vec4(0.0);
    light += outside > 0.0 ? outside * vec4(toned(false, behind.rgb, shares), behind.a) : vec4(0.0);
    return vec4(light.rgb, light.a / max(inside + outside, 1e-6));
}
#elif defined(RAY)
// Light of the layer on an LED, and its mean cover there. Each turn of the loop takes the next eye that has a share in the LED, so that
// an LED outside all feathers costs one evaluation, however many cameras there are.
vec4 world_light(vec4 led, Shares shares) {
    vec4 light = vec4(0.0);
    float given = 0.0;
    int next = 0;
    int waiting = shares.count;
    do {
        Eye now = eye_from(next, shares);
#ifdef AIMED
        vec3 ray = led.xyz;
#else
        vec3 ray = led.xyz - now.place;
#endif
        vec4 seen = mended_light(now.place, ray, led.a);
        light += now.share * vec4(toned(now.number < CAMERAS, seen.rgb, shares), seen.a);
        given += now.share;
        next = now.number + 1;
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

#ifdef WEATHER
// The world's light behind the weather, as each eye that has a share in the LED must see that.
vec3 weathered(vec4 led, Shares shares, vec3 light) {
    vec4 before = vec4(0.0);
    float given = 0.0;
    int next = 0;
    int waiting = shares.count;
    do {
        Eye now = eye_from(next, shares);
        vec3 ray = led.xyz - now.place;
        vec4 seen = weather_at(now.place, ray, led.a * inversesqrt(dot(ray, ray)));
        seen.rgb = now.number < CAMERAS ? seen.rgb : outer_from_weather * seen.rgb;
#ifdef CARDS
        seen.rgb *= now.number < CAMERAS ? shares.gain_in_view : shares.gain_behind;
#endif
        before += now.share * seen;
        given += now.share;
        next = now.number + 1;
        waiting--;
    } while (waiting > 0);
    return before.rgb + (1.0 - before.a / max(given, 1e-6)) * light;
}
#endif

// Light of the LED that is drawn; alpha is 0 where the raster has none.
#if defined(COVERED) && defined(LIGHT)
vec4 wall_light() {
    vec4 light = texelFetch(light_on_wall, ivec2(gl_FragCoord.xy), 0);
    if (light.a > 0.0) {
        discard;
    }
    return vec4(light.rgb, 1.0);
}
#else
vec4 wall_light() {
    vec4 led = led_at(gl_FragCoord.xy);
    Shares shares = shares_of(led, ivec2(gl_FragCoord.xy));
    vec4 seen = world_light(led, shares);
#ifdef COVERED
    if (seen.a < 1.0) {
        discard;
    }
#endif
    vec3 light = seen.rgb;
#ifdef SUMMED
    vec4 before = texelFetch(light_on_wall, ivec2(gl_FragCoord.xy), 0);
    light = before.rgb + (share_left < 0.0 ? -share_left * before.a : share_left) * light;
#endif
#ifdef WEATHER
    light = weathered(led, shares, light);
#endif
    light += shares.own;
    return led.a > 0.0 ? vec4(light, 1.0) : vec4(0.0);
}
#endif
