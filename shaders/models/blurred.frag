#version 410 core
// One level of a face of the light that surfaces of a roughness reflect: GGX's own directions, seen straight on (Karis, "Real
// Shading in Unreal Engine 4", SIGGRAPH 2013), each from the level as wide as the direction is rare.

#include "models/cube_way.glsl"

uniform samplerCube around;
uniform int face;
uniform float face_px;
uniform float source_px;
uniform float roughness;

out vec4 light;

const int DIRECTIONS = 64;
const float PI = 3.14159265359;

void main() {
    vec3 normal = cube_way(face, gl_FragCoord.xy / face_px);
    if (roughness == 0.0) {
        light = vec4(textureLod(around, normal, max(log2(source_px / face_px), 0.0)).rgb, 1.0);
        return;
    }
    float squared = pow(roughness, 4.0);
    vec3 side = normalize(abs(normal.z) < 0.9 ? cross(normal, vec3(0.0, 0.0, 1.0)) : cross(normal, vec3(1.0, 0.0, 0.0)));
    vec3 across = cross(normal, side);
    float texel = 4.0 * PI / (6.0 * source_px * source_px);
    vec3 sum = vec3(0.0);
    float total = 0.0;
    for (int number = 0; number < DIRECTIONS; number++) {
        float share = (float(number) + 0.5) / float(DIRECTIONS);
        float turn = 2.0 * PI * fract((float(number) + 0.5) * 0.618033989);
        float up = sqrt((1.0 - share) / (1.0 + (squared - 1.0) * share));
        float out_from = sqrt(1.0 - up * up);
        vec3 half_way = out_from * (cos(turn) * side + sin(turn) * across) + up * normal;
        vec3 way = 2.0 * up * half_way - normal;
        float facing = dot(way, normal);
        float spread = up * up * (squared - 1.0) + 1.0;
        float density = squared / (4.0 * PI * spread * spread);
        float level = max(0.5 * log2(1.0 / (float(DIRECTIONS) * density * texel)) + 1.0, 0.0);
        if (facing > 0.0) {
            sum += facing * textureLod(around, way, level).rgb;
            total += facing;
        }
    }
    light = vec4(sum / total, 1.0);
}
