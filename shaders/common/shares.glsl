// Whom an LED shows: the share of each camera, by falling priority, and of the outer eye, which has what they leave.
// CAMERAS is how many there is room for; what fills an empty place has every LED behind it. MARKS and CARDS add what
// their files describe, marks and guide for one; BEHIND puts what was already drawn of further cameras in the place of the outer eye. Without them
// none of it costs anything.

#ifndef CAMERAS
#define CAMERAS 1
#endif

#include "common/handed.glsl"
#include "common/marks.glsl"
#include "common/guide.glsl"

#if CAMERAS == 1 && defined(LOOKS)
#define EYE(camera) only_eye.xyz
#define CAMERA_FROM_STAGE(camera) only_camera
#define VIEW(camera) only_view
#define FEATHER_SLOPE(camera) only_eye.w
#elif CAMERAS > 0
uniform vec3 eye[CAMERAS];
uniform mat3 camera_from_stage[CAMERAS]; // rows: right, up, ahead
uniform vec4 view[CAMERAS];              // left, bottom, right, top: tangents
uniform float feather_slope[CAMERAS];    // 1 / feather
#define EYE(camera) eye[camera]
#define CAMERA_FROM_STAGE(camera) camera_from_stage[camera]
#define VIEW(camera) view[camera]
#define FEATHER_SLOPE(camera) feather_slope[camera]
#endif
#ifdef CARDS
uniform sampler2D gain_in_view;
uniform sampler2D own_in_view;
uniform sampler2D gain_behind;
uniform sampler2D own_behind;
#endif

#ifdef BEHIND
uniform sampler2D behind;
#endif

struct Shares {
    float camera[CAMERAS + 1]; // the last is the outer eye's
    vec3 gain_in_view;         // what cards do to the light of the cameras and of the outer eye
    vec3 gain_behind;
    vec3 own;                  // light that does not come from the world: marks and cards
    int count;                 // how many eyes have a share
};

#if CAMERAS > 0
// 1 inside the view, falling smoothly to 0 over the feather beyond it; 0 behind the camera.
float view_weight(int camera, vec2 tangents, float depth) {
    vec2 beyond = max(max(VIEW(camera).xy - tangents, tangents - VIEW(camera).zw), 0.0);
    float weight = clamp(1.0 - length(beyond) * FEATHER_SLOPE(camera), 0.0, 1.0);
    return depth > 1e-6 ? weight * weight * (3.0 - 2.0 * weight) : 0.0;
}
#endif

#ifdef MARKS
// What the guide leaves of an eye's share, and its own light, under the cards as the world is. A loop that ends at once
// costs nothing on a software renderer, where an `if` costs both of its sides.
float under_guide(vec3 from, vec4 led, float share, float hidden, vec3 gain, inout vec3 own) {
    for (int lines = share > 0.0 ? guide : 0; lines > 0; lines = 0) {
        vec2 seen = guide_at(from, led, hidden);
        own += share * seen.x * gain * guide_light;
        share *= 1.0 - seen.y;
    }
    return share;
}
#endif

Shares shares_of(vec4 led, ivec2 pixel) {
    Shares shares;
    shares.own = vec3(0.0);
    shares.gain_in_view = shares.gain_behind = vec3(1.0);
    shares.count = 0;
#ifdef CARDS
    ivec2 place = min(pixel, textureSize(gain_behind, 0) - 1); // without cards, one pixel stands for all
    shares.gain_in_view = texelFetch(gain_in_view, place, 0).rgb;
    shares.gain_behind = texelFetch(gain_behind, place, 0).rgb;
#endif
#ifdef MARKS
    vec2 hidden = texelFetch(guide_hidden, min(pixel, textureSize(guide_hidden, 0) - 1), 0).rg;
#endif
    float left = 1.0;
    float in_view = 0.0;
#if CAMERAS > 0
    for (int camera = 0; camera < CAMERAS; camera++) {
        vec3 seen = CAMERA_FROM_STAGE(camera) * (led.xyz - EYE(camera));
        vec2 tangents = seen.xy / max(seen.z, 1e-6);
#ifdef MARKS
        vec4 line = outline_on(camera, VIEW(camera), led, tangents, seen.z);
        shares.own += left * line.a * line.rgb;
        left *= 1.0 - line.a;
#endif
        float share = left * view_weight(camera, tangents, seen.z);
        left -= share;
#ifdef MARKS
        vec4 patch_light = key_on(camera, led, tangents, seen.z);
        shares.own += share * patch_light.a * patch_light.rgb;
        share *= 1.0 - patch_light.a;
#endif
        in_view += share;
#ifdef MARKS
        share = under_guide(EYE(camera), led, share, hidden.r, shares.gain_in_view, shares.own);
#endif
        shares.camera[camera] = share;
        shares.count += int(share > 0.0);
    }
#endif
#ifdef BEHIND
    shares.own += left * texelFetch(behind, pixel, 0).rgb;
    left = 0.0;
#endif
#ifdef CARDS
    shares.own += in_view * texelFetch(own_in_view, place, 0).rgb + left * texelFetch(own_behind, place, 0).rgb;
#endif
#ifdef MARKS
    float hidden_behind = guide_in_view ? hidden.r : hidden.g;
    left = under_guide(guide_eye, led, left, hidden_behind, shares.gain_behind, shares.own);
#endif
    shares.camera[CAMERAS] = left;
    shares.count += int(left > 0.0);
    return shares;
}
