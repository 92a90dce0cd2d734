#version 410 core
// What a card shows: the figure's own colours in an even light, and nothing where it is not.

#include "models/scene.glsl"

in vec2 place;
in vec3 tint;
in vec3 handed_light;

uniform sampler2D colour_map; // alpha: half for what no tint reaches, up to one for what takes all of it

out vec4 light;

void main() {
    vec4 found = texture(colour_map, place);
    if (found.a < 0.25) {
        discard;
    }
    vec3 own = found.rgb * mix(vec3(1.0), tint, clamp(2.0 * found.a - 1.0, 0.0, 1.0));
    light = vec4(acescg(own) * handed_light * 0.318309886184, 1.0);
}
