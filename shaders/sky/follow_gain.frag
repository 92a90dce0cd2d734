#version 410 core
// What the light of a picture is multiplied by that follows the hour: level ground's light now over that of when it was
// shot, as far as it follows.

uniform sampler2D ground_now;
uniform sampler2D ground_shot;
uniform vec2 starlight; // besides, now and then, so that nothing is divided by none
uniform float adapted;  // how much brighter all of it is
uniform vec2 limits;    // of what it is multiplied by
uniform float share;

out vec4 gain;

void main() {
    vec3 now = texelFetch(ground_now, ivec2(0), 0).rgb + starlight.x;
    vec3 shot = texelFetch(ground_shot, ivec2(0), 0).rgb + starlight.y;
    vec3 ratio = clamp(adapted * now / shot, limits.x, limits.y);
    gain = vec4(vec3(1.0) + share * (ratio - vec3(1.0)), 1.0);
}
