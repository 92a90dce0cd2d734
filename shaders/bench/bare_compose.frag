#version 410 core
// The least that composing can be: fetch an LED's position and its inner or outer picture, write linear light.

uniform sampler2D positions;
uniform sampler2D behind;
uniform sampler2D inner;
uniform vec3 eye;
uniform mat3 camera_from_stage;
uniform vec4 place_from_tangents;

out vec4 light;

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec3 seen = camera_from_stage * (texelFetch(positions, pixel, 0).xyz - eye);
    vec2 place = seen.xy / seen.z * place_from_tangents.xy + place_from_tangents.zw;
    bool inside = seen.z > 0.0 && place == clamp(place, 0.0, 1.0);
    light = vec4(inside ? textureLod(inner, place, 0.0).rgb : texelFetch(behind, pixel, 0).rgb, 1.0);
}
