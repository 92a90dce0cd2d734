#version 410 core
// An upright edge, white left of it, one pixel further right every frame. The dark side has a green line every 64 pixels
// to read the edge's place from, and so is not taken for a wall without a signal.

#include "common/wall_pixel.glsl"

uniform uint frame;

out vec4 code;

const int SPACING = 64;
const vec3 DARK = vec3(0.04);
const vec3 LINE = vec3(0.0, 1.0, 0.0);

void main() {
    int column = wall_pixel().x;
    int edge = int(frame % uint(raster.x));
    vec3 dark = column % SPACING == 0 ? LINE : DARK;
    code = vec4(column < edge ? vec3(1.0) : dark, 1.0);
}
