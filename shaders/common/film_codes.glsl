// The light of a film's frame at a share of its width and height: its planes filtered as codes, each by levels of its own,
// then red, green and blue, then light by a table, then ACEScg. ALPHA has a plane of it, by which colours are multiplied.

#include "common/handed.glsl"

uniform sampler2D film_first;  // luma, or red; and alpha
uniform sampler2D film_second; // differences of colour to blue and to red, or green and blue
uniform sampler2D film_curve;  // of each entry: its light, and how much more the next one has
#ifdef PAIRED // another film of the same form
uniform sampler2D beside_first;
uniform sampler2D beside_second;
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

// A level near a whole number is taken for that one: a software renderer samples two levels only where they are mixed.
float sharpened(float level) {
    float whole = floor(level);
    return whole + clamp(4.0 * (level - whole) - 1.5, 0.0, 1.0);
}

vec4 film_at(sampler2D luma, sampler2D differences, vec2 place, float level, float finest) {
    vec2 first = place * film_place.xy + film_place.zw;
    vec2 second = place * film_other_place.xy + film_other_place.zw;
    float seen = sharpened(max(level, finest));
    float other = seen + film_levels.x;
    vec2 luma_alpha = textureLod(luma, first, seen).rg;
    vec3 codes = film_colours * vec3(luma_alpha.r, textureLod(differences, second, other).rg) + film_offset;
    vec4 light = vec4(film_acescg * vec3(light_of(codes.r), light_of(codes.g), light_of(codes.b)), 1.0);
#ifdef ALPHA
    light *= luma_alpha.g * film_levels.y;
#endif
    return light;
}

vec4 picture_at(vec2 place, float level) {
    return film_at(film_first, film_second, place, level, film_levels.z);
}

#ifdef PAIRED
vec4 beside_at(vec2 place, float level) {
    return film_at(beside_first, beside_second, place, level, beside_finest);
}
#endif
