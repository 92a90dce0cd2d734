#version 410 core
// A flat wall over a whole target, as a strip of two triangles, with the place of each of its points in the stage.

uniform vec3 lower_left;
uniform vec3 along;
uniform vec3 upward;

out vec3 place;

void main() {
    vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
    place = lower_left + corner.x * along + (1.0 - corner.y) * upward;
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
