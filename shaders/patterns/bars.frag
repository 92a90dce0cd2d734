#version 410 core
// Eight colour bars 100/0/75/0 (EBU Tech 3325): white at full level, the others at three quarters.

#include "common/wall_pixel.glsl"

out vec4 code;

void main() {
    int bar = wall_pixel().x * 8 / raster.x;
    vec3 colour = vec3(float(bar % 4 < 2), float(bar < 4), float(bar % 2 == 0));
    code = vec4(bar == 0 ? colour : 0.75 * colour, 1.0);
}
