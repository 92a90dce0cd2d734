#version 410 core
// The outer picture of a wall with every card over it.

#include "common/cards.glsl"

uniform sampler2D outer_on_wall;

out vec4 light;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec4 led = texelFetch(positions, pixel, 0);
    vec4 seen = texelFetch(outer_on_wall, pixel, 0);
    vec3 gain = vec3(1.0);
    vec3 own = vec3(0.0);
    apply_cards(led, gain, own);
    light = led.a > 0.0 ? vec4(seen.rgb * gain + own, seen.a) : vec4(0.0);
}
