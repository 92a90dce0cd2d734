#version 410 core
// A model's triangles seen from the sun.

#include "models/scene.glsl"
#include "models/material.glsl"
#include "models/bending.glsl"

in vec3 position;
in vec3 normal;
in vec2 uv_0;
in vec2 uv_1;
in vec4 vertex_colour;

out vec2 place;
out float alpha;

void main() {
    Bent bent = bent_vertex(position, normal, vec3(0.0));
    place = map_place(0, uv_0, uv_1);
    alpha = base_colour.a * vertex_colour.a;
    gl_Position = clip_from_near * vec4(bent.place - eye.xyz, 1.0);
}
