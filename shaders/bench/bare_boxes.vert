#version 410 core
// Boxes as anybody would draw them: a matrix for each instance, a normal, a place in a picture.

in vec3 position;
in vec3 normal;
in vec2 uv_0;
in vec4 row_0;
in vec4 row_1;
in vec4 row_2;

uniform mat4 clip_from_world;

out vec3 facing;
out vec2 place;

void main() {
    vec4 at = vec4(position, 1.0);
    facing = vec3(dot(row_0.xyz, normal), dot(row_1.xyz, normal), dot(row_2.xyz, normal));
    place = uv_0;
    gl_Position = clip_from_world * vec4(dot(row_0, at), dot(row_1, at), dot(row_2, at), 1.0);
}
