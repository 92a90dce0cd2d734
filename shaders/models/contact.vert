#version 410 core
#define CROWD
// The ground below a near figure of a crowd, where it keeps light off: a disc that is as wide as its stride.

#include "models/scene.glsl"
#include "models/crowd.glsl"

in vec2 corner; // 0 to 1

out vec2 off; // from its middle, 1 at its edge

const float RADIUS = 0.24; // of a figure's height
const float ABOVE_M = 0.012;

uniform float height_m;

void main() {
    float cycle;
    mat4 stands = stage_from_crowd * crowd_from_figure(cycle);
    off = 2.0 * corner - 1.0;
    vec4 place = stands * vec4(RADIUS * height_m * off, 0.0, 1.0) + vec4(0.0, 0.0, ABOVE_M, 0.0);
    gl_Position = clip_from_near * vec4(place.xyz - eye.xyz, 1.0);
}
