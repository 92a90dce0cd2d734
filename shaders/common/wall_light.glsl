// The light that one LED shows: a camera's inner picture where the camera looks, elsewhere what is behind it.
// REPROJECT_FAR, REPROJECT_SPHERE or REPROJECT_DRAWN, MARKS and CARDS_IN_VIEW add what their files describe. Without
// them none of it costs anything.

uniform sampler2D positions;      // alpha: distance to the next LED, 0 where there is none
uniform sampler2D behind;
uniform sampler2D inner;
uniform vec3 eye;
uniform mat3 camera_from_stage;   // rows: right, up, ahead
uniform vec4 view;                // left, bottom, right, top: tangents
uniform float feather_slope;      // 1 / feather
uniform vec4 place_from_tangents; // scale and offset into the inner picture
uniform float taps_per_tangent;   // of the inner picture: pixels per tangent over the pixels that one tap covers

#if defined(REPROJECT_FAR) || defined(REPROJECT_SPHERE) || defined(REPROJECT_DRAWN)
#include "common/reprojection.glsl"
#else
vec2 picture_tangents(vec3 led, vec2 tangents) {
    return tangents;
}
#endif
#ifdef MARKS
#include "common/marks.glsl"
#endif
#ifdef CARDS_IN_VIEW
uniform sampler2D card_gain;
uniform sampler2D card_light;
#endif

// 1 inside the view, falling smoothly to 0 over the feather beyond it; 0 behind the camera.
float inner_weight(vec2 tangents, float depth) {
    vec2 beyond = max(max(view.xy - tangents, tangents - view.zw), 0.0);
    float weight = clamp(1.0 - length(beyond) * feather_slope, 0.0, 1.0);
    return depth > 1e-6 ? weight * weight * (3.0 - 2.0 * weight) : 0.0;
}

// What the camera sees on this LED, filtered to the LED's footprint.
vec3 inner_light(ivec2 pixel, vec4 led, vec2 tangents, float depth) {
    vec2 place = picture_tangents(led.xyz, tangents) * place_from_tangents.xy + place_from_tangents.zw;
    vec3 light = textureLod(inner, place, log2(led.a * taps_per_tangent / depth)).rgb;
#ifdef CARDS_IN_VIEW
    light = light * texelFetch(card_gain, pixel, 0).rgb + texelFetch(card_light, pixel, 0).rgb;
#endif
#ifdef MARKS
    light = keyed(light, led, tangents, depth);
#endif
    return light;
}

// Light of the LED at `pixel`; alpha is 0 where the raster has no LED.
vec4 wall_light(ivec2 pixel) {
    vec4 led = texelFetch(positions, pixel, 0);
    vec3 seen = camera_from_stage * (led.xyz - eye);
    vec2 tangents = seen.xy / max(seen.z, 1e-6);
    float weight = inner_weight(tangents, seen.z);
    vec3 light = vec3(0.0);
    if (weight < 1.0) {
        light = texelFetch(behind, pixel, 0).rgb * (1.0 - weight);
    }
    if (weight > 0.0) {
        light += inner_light(pixel, led, tangents, seen.z) * weight;
    }
#ifdef MARKS
    light = outlined(light, led, tangents, seen.z);
#endif
    return led.a > 0.0 ? vec4(light, 1.0) : vec4(0.0);
}
