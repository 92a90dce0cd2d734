#version 410 core
// What cards do to each LED of a wall: a gain and a light, kept for many frames.

#include "common/cards.glsl"

layout(location = 0) out vec4 kept_gain;
layout(location = 1) out vec4 kept_light;

void main() {
    vec3 gain = vec3(1.0);
    vec3 own = vec3(0.0);
    apply_cards(texelFetch(positions, ivec2(gl_FragCoord.xy), 0), gain, own);
    kept_gain = vec4(gain, 1.0);
    kept_light = vec4(own, 1.0);
}
