#version 410 core
// Nothing but depth; of a masked material only where it shows.

#include "models/material.glsl"

in vec2 place;
in float alpha;

uniform sampler2D colour_map;

void main() {
#ifdef MASK
    float shown = alpha;
#ifdef COLOUR_MAP
    shown *= texture(colour_map, place).a;
#endif
    if (shown < emitted.w) {
        discard;
    }
#endif
}
