// Where an LED is; alpha is the distance to the next one, 0 where there is none. FLAT computes both for a flat wall,
// otherwise they are fetched.

#include "common/handed.glsl"

#ifdef FLAT
vec4 led_at(vec2 place) {
    return vec4(first_led.xyz + place.x * led_column + place.y * led_row, first_led.w);
}
#else
uniform sampler2D positions;

vec4 led_at(vec2 place) {
    return texelFetch(positions, ivec2(place), 0);
}
#endif
