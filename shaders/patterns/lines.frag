#version 410 core
// Lines one pixel wide, every 16 pixels from the upper left corner: scaling anywhere in the chain blurs or doubles some.

#include "common/wall_pixel.glsl"

out vec4 code;

const int SPACING = 16;

void main() {
    code = vec4(vec3(float(any(equal(wall_pixel() % SPACING, ivec2(0))))), 1.0);
}
