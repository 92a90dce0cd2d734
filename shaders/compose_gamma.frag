#version 410 core
// Composes a wall whose signal follows a pure power curve.

uniform float inverse_gamma;

vec3 signal(vec3 light) {
    return pow(light, vec3(inverse_gamma));
}

#include "common/compose.glsl"
