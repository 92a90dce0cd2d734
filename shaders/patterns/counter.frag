#version 410 core
// The frame's number: as digits to read, and below as 32 black or white blocks, most significant bit first.

#include "common/wall_pixel.glsl"

uniform sampler2D digits; // 0 to 9 side by side
uniform uint frame;
uniform ivec4 blocks;     // left, top, width of one, height

out vec4 code;

const int DIGITS = 10;

uint digit_at(int place) {
    uint number = frame;
    for (int step = place; step < DIGITS - 1; step++) {
        number /= 10u;
    }
    return number % 10u;
}

float ink_of_digits(ivec2 pixel) {
    ivec2 size = textureSize(digits, 0);
    ivec2 cell = ivec2(size.x / DIGITS, size.y);
    float scale = min(float(raster.x) / float(cell.x * DIGITS), 0.9 * float(blocks.y) / float(cell.y));
    vec2 origin = 0.5 * (vec2(raster.x, blocks.y) - scale * vec2(size));
    ivec2 place = ivec2(floor((vec2(pixel) + 0.5 - origin) / scale));
    if (any(lessThan(place, ivec2(0))) || any(greaterThanEqual(place, size))) {
        return 0.0;
    }
    int column = place.x % cell.x + int(digit_at(place.x / cell.x)) * cell.x;
    return texelFetch(digits, ivec2(column, place.y), 0).r;
}

float ink_of_blocks(ivec2 place) {
    int bit = place.x / blocks.z;
    return place.x >= 0 && bit < 32 && place.y < blocks.w ? float((frame >> uint(31 - bit)) & 1u) : 0.0;
}

void main() {
    ivec2 pixel = wall_pixel();
    float ink = pixel.y < blocks.y ? ink_of_digits(pixel) : ink_of_blocks(pixel - blocks.xy);
    code = vec4(vec3(ink), 1.0);
}
