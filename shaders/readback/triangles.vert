#version 410 core
// The triangles of a mesh before a pinhole that sees `seen`, for the number of the nearest one in each pixel.

in vec3 corner;

uniform vec3 eye;
uniform mat3 stage_from_camera;
uniform vec4 edges; // left, bottom, width and height as tangents

const float NEAREST_M = 0.01;

void main() {
    vec3 place = transpose(stage_from_camera) * (corner - eye); // right, ahead, up
    vec2 share = 2.0 * (place.xz - edges.xy * place.y) / edges.zw - place.y;
    gl_Position = vec4(share, place.y - 2.0 * NEAREST_M, place.y);
}
