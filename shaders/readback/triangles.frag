#version 410 core
// The number of a triangle, from 1.

out float number;

void main() {
    number = float(gl_PrimitiveID + 1);
}
