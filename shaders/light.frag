#version 410 core
// A wall's light, scene-linear, then `light_from_world`.

#include "common/wall_light.glsl"

uniform mat3 light_from_world;

out vec4 light;

void main() {
    take_handed();
    vec4 seen = wall_light();
    light = vec4(light_from_world * seen.rgb, seen.a);
}
