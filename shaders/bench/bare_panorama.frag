#version 410 core
// The least that showing a panorama on a flat wall can be: look it up in the direction from one eye, and write that.

in vec3 place;

uniform vec3 eye;
uniform sampler2D panorama;

out vec4 code;

void main() {
    vec3 direction = normalize(place - eye);
    vec2 turned = vec2(atan(direction.x, direction.y), -asin(direction.z));
    code = vec4(texture(panorama, 0.5 + turned * vec2(0.15915494309, 0.31830988618)).rgb, 1.0);
}
