// Where an LED is; alpha is the distance to the next one, 0 where there is none. FLAT computes both for a flat wall, BOWED
// for an upright arc of at most half a turn; otherwise they are fetched, which in software is a third of what a wall costs.

#include "common/handed.glsl"

#ifdef FLAT
vec4 led_at(vec2 place) {
    return vec4(first_led.xyz + place.x * led_column + place.y * led_row, first_led.w);
}
#elif defined(BOWED)
// Sine, and cosine less 1, as their series: to a ten-millionth for a quarter of a turn to each side. From the middle of the
// arc: from its axis, an arc that is nearly flat would lose its last digits.
vec4 led_at(vec2 place) {
    float turn = bow_steps.x + place.x * bow_steps.y;
    float square = turn * turn;
    float sine = ((((-2.5052108e-8 * square + 2.7557319e-6) * square - 1.9841270e-4) * square + 8.3333333e-3) * square
        - 1.6666667e-1) * square + 1.0;
    float inward = (((((2.0876757e-9 * square - 2.7557319e-7) * square + 2.4801587e-5) * square - 1.3888889e-3) * square
        + 4.1666667e-2) * square - 0.5) * square;
    vec2 level = bow.xy + sine * turn * bow_axes.xy + inward * bow_axes.zw;
    return vec4(level, bow.z + place.y * bow_steps.z, bow.w);
}
#else
uniform sampler2D positions;

vec4 led_at(vec2 place) {
    return texelFetch(positions, ivec2(place), 0);
}
#endif
