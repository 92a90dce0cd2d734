#version 410 core
// One code value over the whole wall, to compare panels and to measure light.

uniform vec3 colour;

out vec4 code;

void main() {
    code = vec4(colour, 1.0);
}
