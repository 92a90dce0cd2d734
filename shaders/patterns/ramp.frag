#version 410 core
// All 256 codes from left to right, in four bands: grey, red, green, blue.

#include "common/wall_pixel.glsl"

out vec4 code;

void main() {
    ivec2 pixel = wall_pixel();
    float level = float(pixel.x * 256 / raster.x) / 255.0;
    int band = pixel.y * 4 / raster.y;
    vec3 colour = band == 0 ? vec3(1.0) : vec3(float(band == 1), float(band == 2), float(band == 3));
    code = vec4(level * colour, 1.0);
}
