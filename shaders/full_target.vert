#version 410 core
// Rectangles of a target, each as a strip of two triangles; all of it is one triangle, the first of a strip twice as
// large.

in vec4 rectangle; // left, top, right, bottom, from -1 to 1 over the target; row 0 is the top

void main() {
    vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
    gl_Position = vec4(mix(rectangle.xy, rectangle.zw, corner), 0.0, 1.0);
}
