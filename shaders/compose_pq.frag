#version 410 core
// Composes a wall whose signal follows the perceptual quantiser (SMPTE ST 2084), full scale 10 000 nits.

vec3 signal(vec3 light) {
    vec3 power = pow(light, vec3(0.1593017578125));
    return pow((0.8359375 + 18.8515625 * power) / (1.0 + 18.6875 * power), vec3(78.84375));
}

#include "common/compose.glsl"
