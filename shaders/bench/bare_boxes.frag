#version 410 core
// A picture, dull, in one directional light and the same light from everywhere.

in vec3 facing;
in vec2 place;

uniform sampler2D picture;
uniform vec3 towards;
uniform vec3 sun;
uniform vec3 ambient;

out vec4 light;

void main() {
    light = vec4(texture(picture, place).rgb * (ambient + sun * max(dot(normalize(facing), towards), 0.0)), 1.0);
}
