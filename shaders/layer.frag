#version 410 core
// One layer's light on a wall, scene-linear, and its cover in alpha, for blending into the light of the layers before it.

#include "common/wall_light.glsl"
#include "common/blended.glsl"

out vec4 light;

void main() {
    take_handed();
    vec4 led = led_at(gl_FragCoord.xy);
    light = led.a > 0.0 ? blended(world_light(led, shares_of(led, ivec2(gl_FragCoord.xy)))) : vec4(0.0);
}
