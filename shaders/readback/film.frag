#version 410 core
// What a film camera sees of one wall: for each pixel the ray through its lens, where that meets the wall, and the mean
// light of `leds_across` x `leds_across` LEDs around that place, which for one is what is between four LEDs' centres.
// PLACES gives column, row and distance in place of light.

#include "common/signal_srgb.glsl"
#include "common/shown.glsl"
#include "readback/wall_code.glsl"
#include "readback/lens.glsl"

#ifndef SPARSE
uniform int leds_across;
#endif
uniform sampler2D sent;

#include "readback/surface.glsl"

layout(location = 0) out SHOWN picture;

// The light around a place in LEDs from the upper left corner of the raster. At its border the outermost LEDs go on. With
// SPARSE, where a pixel has no more than one, it is that between the centres of four: the loop below gives the same, and in
// software takes twice as long.
#ifdef SPARSE
vec3 light_around(vec2 place) {
    ivec2 last = textureSize(sent, 0) - 1;
    vec2 corner = place - 0.5;
    vec2 whole = floor(corner);
    ivec2 first = clamp(ivec2(whole), ivec2(0), last), second = clamp(ivec2(whole) + 1, ivec2(0), last);
    vec3 upper_left = light_of(texelFetch(sent, first, 0).rgb);
    vec3 upper_right = light_of(texelFetch(sent, ivec2(second.x, first.y), 0).rgb);
    vec3 lower_left = light_of(texelFetch(sent, ivec2(first.x, second.y), 0).rgb);
    vec3 lower_right = light_of(texelFetch(sent, second, 0).rgb);
    vec2 beyond = corner - whole;
    return mix(mix(upper_left, upper_right, beyond.x), mix(lower_left, lower_right, beyond.x), beyond.y);
}

#else
vec3 light_around(vec2 place) {
    ivec2 last = textureSize(sent, 0) - 1;
    vec2 corner = place - 0.5 * float(leds_across);
    ivec2 first = ivec2(floor(corner));
    vec2 beyond = corner - vec2(first);
    vec3 sum = vec3(0.0);
    for (int down = 0; down <= leds_across; down++) {
        float tall = down == 0 ? 1.0 - beyond.y : down == leds_across ? beyond.y : 1.0;
        for (int aside = 0; aside <= leds_across; aside++) {
            float wide = aside == 0 ? 1.0 - beyond.x : aside == leds_across ? beyond.x : 1.0;
            ivec2 led = clamp(first + ivec2(aside, down), ivec2(0), last);
            sum += tall * wide * light_of(texelFetch(sent, led, 0).rgb);
        }
    }
    return sum / float(leds_across * leds_across);
}
#endif

void main() {
    vec3 ray;
    vec2 tangents;
    vec3 place; // across, down, distance in lengths of the ray
    bool lit;
    bool found = lens_ray(ray, tangents);
    bool met = meets(ray, tangents, place, lit) && found;
    vec2 leds = place.xy * vec2(textureSize(sent, 0));
#ifdef PLACES
    picture = met ? vec4(leds - 0.5, place.z, lit ? 1.0 : 0.0) : vec4(-1.0, -1.0, 0.0, 0.0);
#else
    picture = shown(met && lit ? signal(clamp(light_around(leds), 0.0, 1.0)) : vec3(0.0));
#endif
#ifdef NEAREST
    gl_FragDepth = met ? place.z / (1.0 + place.z) : 1.0;
#endif
}
