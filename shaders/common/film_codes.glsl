// The light of a film's frame at a share of its width and height: its planes filtered as codes, each by levels of its own,
// then red, green and blue, then light by a table, then ACEScg. Its colours are multiplied by its alpha. ALPHA has a plane
// of it. MIXED adds the frame that a loop dissolves to, in light; both frames have alpha then. OF_LIGHT is a frame of one
// plane that is ACEScg already.

#include "common/handed.glsl"

uniform sampler2D film_first; // luma, red, or with OF_LIGHT all of it
#ifdef MIXED
uniform sampler2D coming_first;
#endif
#ifndef OF_LIGHT
uniform sampler2D film_second; // differences of colour to blue and to red, or green and blue
uniform sampler2D film_third;
uniform sampler2D film_curve;  // of each entry: its light, and how much more the next one has
#if defined(ALPHA) || defined(MIXED)
uniform sampler2D film_alpha;
#endif
#ifdef MIXED
uniform sampler2D coming_second;
uniform sampler2D coming_third;
uniform sampler2D coming_alpha;
#endif

const float BLACK_ENTRY = 340.0; // render/images/film_spaces.py
const float ENTRIES_TO_WHITE = 3400.0;
const float LAST_ENTRY = 4095.0;

float light_of(float code) {
    float place = clamp(code * ENTRIES_TO_WHITE + BLACK_ENTRY, 0.0, LAST_ENTRY);
    float entry = floor(place);
    vec2 light = texelFetch(film_curve, ivec2(int(entry), 0), 0).rg;
    return light.x + (place - entry) * light.y;
}

vec3 light_of_codes(vec3 planes) {
    vec3 codes = film_colours * planes + film_offset.rgb;
    return film_acescg * vec3(light_of(codes.r), light_of(codes.g), light_of(codes.b));
}
#endif

vec4 picture_at(vec2 place, float level) {
    vec2 first = place * film_place.xy + film_place.zw;
#ifdef OF_LIGHT
    vec4 light = textureLod(film_first, first, level);
#ifdef MIXED
    light = mix(light, textureLod(coming_first, first, level), film_offset.a);
#endif
    return light;
#else
    vec2 second = place * film_other_place.xy + film_other_place.zw;
    float other = level + film_levels.x;
    vec3 planes;
    planes.r = textureLod(film_first, first, level).r;
    planes.g = textureLod(film_second, second, other).r;
    planes.b = textureLod(film_third, second, other).r;
    vec4 light = vec4(light_of_codes(planes), 1.0);
#if defined(ALPHA) || defined(MIXED)
    float alpha = textureLod(film_alpha, first, level).r * film_levels.y;
    light *= alpha;
#endif
#ifdef MIXED
    planes.r = textureLod(coming_first, first, level).r;
    planes.g = textureLod(coming_second, second, other).r;
    planes.b = textureLod(coming_third, second, other).r;
    alpha = textureLod(coming_alpha, first, level).r * film_levels.y;
    light = mix(light, alpha * vec4(light_of_codes(planes), 1.0), film_offset.a);
#endif
    return light;
#endif
}
