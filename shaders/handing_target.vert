#version 410 core
// Rectangles of a target, as `full_target.vert` has them, for passes that take what is the same everywhere from here.

#define VERTEX
#include "common/handed.glsl"

in vec4 rectangle; // left, top, right, bottom, from -1 to 1 over the target; row 0 is the top

void main() {
    hand_on();
    vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
    gl_Position = vec4(mix(rectangle.xy, rectangle.zw, corner), 0.0, 1.0);
}
