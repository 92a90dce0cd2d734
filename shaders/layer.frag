#version 410 core
// One layer's light on a wall, scene-linear, and its cover in alpha, for blending into the light of the layers before it.

#include "common/wall_light.glsl"

uniform float opacity;

out vec4 light;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec4 led = texelFetch(positions, pixel, 0);
    light = led.a > 0.0 ? opacity * world_light(led, shares_of(led, pixel)) : vec4(0.0);
}
