// What is done to the light of one layer alone, before it is mixed with others. With MENDED, in this order: softened,
// expanded, brought to the light of the hour, graded, contrasted. Each of them may be off; one variant serves all, so that
// no fade needs another. With FOLLOWS it is only brought to the light of the hour. Light is multiplied by its cover.

#include "common/handed.glsl"
#include "common/dither.glsl"
#include "worlds/layer.glsl"

#ifdef MENDED
uniform int taps;              // how many places of the layer are averaged; 1 where it is not softened
uniform float softening;       // radius of the disc that they are spread over, radians
uniform float tap_softening;   // how wide each of them is
uniform float shoulder_rate;   // of the curve that is undone (render/colour/shoulder.py); 0 where none is
uniform float knee;
uniform float code_step;       // how much light one code value of the picture is near 1; 0 where it holds none
uniform mat3 rec709_from_light;
uniform mat3 layer_from_light;
uniform float contrast;        // about mid grey, 0.18

// Mean of the layer over a disc around the ray, at places on a spiral of equal areas (H. Vogel, 1979), each filtered
// about as wide as they are apart.
vec4 softened(vec3 eye, vec3 ray, float width) {
    float footprint = width * inversesqrt(dot(ray, ray));
    vec3 ahead = normalize(ray);
    vec3 side = normalize(cross(ahead, abs(ahead.z) < 0.95 ? vec3(0.0, 0.0, 1.0) : vec3(1.0, 0.0, 0.0)));
    vec3 up = cross(side, ahead);
    float wide = sqrt(footprint * footprint + tap_softening * tap_softening);
    vec4 sum = vec4(0.0);
    int tap = 0;
    do { // a software renderer goes through a loop once more than its condition says, but not through this one
        float turn = 2.39996323 * float(tap);
        float away = softening * sqrt((float(tap) + 0.5) / float(taps));
        sum += layer_light(eye, ahead + away * (cos(turn) * side + sin(turn) * up), wide);
        tap++;
    } while (tap < taps);
    return sum / float(taps);
}

// The gain that undoes the shoulder of a picture in which the largest of red, green and blue is `peak`.
float expansion(float peak) {
    float above = clamp((peak - knee) / (1.0 - knee), 0.0, 1.0);
    float grown = shoulder_rate > 0.0 ? (exp(shoulder_rate * above) - 1.0) / shoulder_rate : above;
    return 1.0 + (1.0 - knee) * (grown - above) / clamp(peak, knee, 1.0);
}

vec4 mended_light(vec3 eye, vec3 ray, float width) {
    vec4 seen = softened(eye, ray, width);
    vec3 light = seen.rgb / max(seen.a, 1e-6);
    vec3 held = rec709_from_light * light;
    float peak = max(held.r, max(held.g, held.b));
    peak += dither(gl_FragCoord.xy) * code_step * sqrt(max(peak, 0.0)); // or expanded codes would be bands
    light *= expansion(peak);
    vec3 whole = layer_from_light * light;
    vec3 lit = layer_from_light * (hour_gain * light);
    // Contrast is that of the picture as it was shot, at every hour; what the hour does to a colour is done to it after.
    vec3 steep = 0.18 * pow(max(whole, 1e-6) * (1.0 / 0.18), vec3(contrast));
    vec3 later = clamp(lit / max(whole, 1e-6), 0.0, max(hour_gain.r, max(hour_gain.g, hour_gain.b)));
    return vec4(seen.a * (contrast == 1.0 ? lit : steep * later), seen.a);
}
#else
vec4 mended_light(vec3 eye, vec3 ray, float width) {
    vec4 seen = layer_light(eye, ray, width);
#ifdef FOLLOWS
    seen.rgb *= hour_gain;
#endif
    return seen;
}
#endif
