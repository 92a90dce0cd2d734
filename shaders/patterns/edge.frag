#version 410 core
// An upright edge, white left of it and black right of it, one pixel further right every frame.

#include "common/wall_pixel.glsl"

uniform uint frame;

out vec4 code;

void main() {
    int edge = int(frame % uint(raster.x));
    code = vec4(vec3(float(wall_pixel().x < edge)), 1.0);
}
