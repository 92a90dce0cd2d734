#version 410 core
// How much light a figure keeps off the ground below it: nothing at the disc's edge, the most between its feet.

in vec2 off;

out vec4 light;

const float MOST = 0.6;

void main() {
    float left = max(1.0 - dot(off, off), 0.0);
    light = vec4(0.0, 0.0, 0.0, MOST * left * left);
}
