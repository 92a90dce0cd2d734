#version 410 core
// A line every 64 pixels from the upper left corner, a border, a circle for the aspect, and the wall's label.

#include "common/wall_pixel.glsl"

uniform sampler2D label;
uniform int label_scale;

out vec4 code;

const int SPACING = 64;
const vec3 PAPER = vec3(0.08);
const vec3 LINE = vec3(0.5);
const vec3 CIRCLE = vec3(0.9, 0.6, 0.1);
const vec3 BORDER = vec3(0.1, 0.8, 0.3);

bool on_border(ivec2 pixel) {
    return any(equal(pixel, ivec2(0))) || any(equal(pixel, raster - 1));
}

bool on_circle(ivec2 pixel) {
    vec2 place = vec2(pixel) + 0.5 - 0.5 * vec2(raster);
    float radius = 0.45 * float(min(raster.x, raster.y));
    return abs(length(place) - radius) < 1.0;
}

// The label is white on paper, in whole multiples of its pixels so that its edges stay sharp.
vec3 label_over(vec3 colour, ivec2 pixel) {
    ivec2 size = textureSize(label, 0) * label_scale;
    ivec2 place = pixel - (raster - size) / 2;
    if (any(lessThan(place, ivec2(0))) || any(greaterThanEqual(place, size))) {
        return colour;
    }
    return mix(PAPER, vec3(1.0), texelFetch(label, place / label_scale, 0).r);
}

void main() {
    ivec2 pixel = wall_pixel();
    vec3 colour = PAPER;
    if (pixel.x % SPACING == 0 || pixel.y % SPACING == 0) {
        colour = LINE;
    }
    if (on_circle(pixel)) {
        colour = CIRCLE;
    }
    colour = label_over(colour, pixel);
    code = vec4(on_border(pixel) ? BORDER : colour, 1.0);
}
