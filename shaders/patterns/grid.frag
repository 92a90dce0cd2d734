#version 410 core
// Squares of 64 pixels from the upper left corner, a circle for the aspect, a border, and a label for each region.

#include "common/wall_pixel.glsl"

uniform sampler2D label; // the wall's raster: 0 where there is no ink, else a code value

out vec4 code;

const int SPACING = 64;
const vec3 PAPER = vec3(0.08);
const vec3 OTHER_PAPER = vec3(0.14);
const vec3 LINE = vec3(0.5);
const vec3 CIRCLE = vec3(0.9, 0.6, 0.1);
const vec3 BORDER = vec3(0.1, 0.8, 0.3);

bool on_border(ivec2 pixel) {
    return any(equal(pixel, ivec2(0))) || any(equal(pixel, raster - 1));
}

bool on_circle(ivec2 pixel) {
    vec2 place = vec2(pixel) + 0.5 - 0.5 * vec2(raster);
    float radius = 0.45 * float(min(raster.x, raster.y));
    return abs(length(place) - radius) < max(1.0, radius / 200.0);
}

vec3 ground(ivec2 pixel) {
    ivec2 square = pixel / SPACING;
    return (square.x + square.y) % 2 == 0 ? PAPER : OTHER_PAPER;
}

void main() {
    ivec2 pixel = wall_pixel();
    vec3 colour = any(equal(pixel % SPACING, ivec2(0))) ? LINE : ground(pixel);
    if (on_circle(pixel)) {
        colour = CIRCLE;
    }
    float ink = texelFetch(label, pixel, 0).r;
    if (ink > 0.0) {
        colour = vec3(ink);
    }
    code = vec4(on_border(pixel) ? BORDER : colour, 1.0);
}
