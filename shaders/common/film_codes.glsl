// The light of a film's frame at a share of its width and height: its planes filtered as codes, then red, green and blue,
// then light, by a polynomial or by a TABLE, then ACEScg. A film that is WHOLE has all planes in one texture, the last one
// alpha, by which colours are multiplied; else each texture has levels of its own.

#include "common/handed.glsl"

uniform sampler2D film_first;  // luma; or all planes, luma or red the first
#ifdef PAIRED // another film of the same form
uniform sampler2D beside_first;
#endif
#ifdef WHOLE
#define FILM film_first
#define BESIDE beside_first
#else
#define FILM film_first, film_second
#define BESIDE beside_first, beside_second
uniform sampler2D film_second; // differences of colour to blue and to red
#ifdef PAIRED
uniform sampler2D beside_second;
#endif
#endif

// render/images/film_spaces.py
const float BLACK_ENTRY = 340.0;
const float ENTRIES_TO_WHITE = 3400.0;
const float LAST_ENTRY = 4095.0;

#ifdef TABLE
uniform sampler2D film_curve; // of each entry: its light, and how much more the next one has

float light_of(float code) {
    float place = clamp(code * ENTRIES_TO_WHITE + BLACK_ENTRY, 0.0, LAST_ENTRY);
    float entry = floor(place);
    vec2 light = texelFetch(film_curve, ivec2(int(entry), 0), 0).rg;
    return light.x + (place - entry) * light.y;
}

vec3 light_of(vec3 codes) {
    return vec3(light_of(codes.r), light_of(codes.g), light_of(codes.b));
}
#else
// Up to the end of its toe a parabola, above that the eighth power of a polynomial of the root of a code; odd about black.
vec3 light_of(vec3 codes) {
    vec3 size = min(abs(codes), (LAST_ENTRY - BLACK_ENTRY) / ENTRIES_TO_WHITE);
    vec3 above = sqrt(size) - film_toe.w;
    vec3 upper = film_rise[1].x + above * (film_rise[1].y + above * (film_rise[1].z + above * film_rise[1].w));
    vec3 square = above * above;
    vec3 lower = film_rise[0].x + above * (film_rise[0].y + above * (film_rise[0].z + above * film_rise[0].w));
    vec3 risen = lower + square * square * upper;
    risen *= risen;
    risen *= risen;
    risen *= risen;
    vec3 light = mix(risen, size * (film_toe.y + size * film_toe.z), lessThan(size, vec3(film_toe.x)));
    return mix(light, -light, lessThan(codes, vec3(0.0)));
}
#endif

// A level near a whole number is taken for that one: a software renderer samples two levels only where they are mixed.
float sharpened(float level) {
    float whole = floor(level);
    return whole + clamp(4.0 * (level - whole) - 1.5, 0.0, 1.0);
}

#ifdef WHOLE
vec4 film_at(sampler2D whole, vec2 place, float level, float finest) {
    vec4 found = textureLod(whole, place * film_place.xy + film_place.zw, sharpened(max(level, finest)));
    vec3 light = film_acescg * light_of(film_colours * found.rgb + film_offset);
    return vec4(light, 1.0) * (found.a * film_alpha.x + film_alpha.y);
}
#else
vec4 film_at(sampler2D luma, sampler2D differences, vec2 place, float level, float finest) {
    float seen = sharpened(max(level, finest));
    float first = textureLod(luma, place * film_place.xy + film_place.zw, seen).r;
    vec2 second = textureLod(differences, place * film_other_place.xy + film_other_place.zw, seen + film_levels.x).rg;
    return vec4(film_acescg * light_of(film_colours * vec3(first, second) + film_offset), 1.0);
}
#endif

vec4 picture_at(vec2 place, float level) {
    return film_at(FILM, place, level, film_levels.y);
}

#ifdef PAIRED
vec4 beside_at(vec2 place, float level) {
    return film_at(BESIDE, place, level, beside_finest);
}
#endif
