// A panorama along a ray, placed in every way that a picture can be.

uniform sampler2D panorama;

vec4 picture_at(vec2 place, float level) {
    return textureLod(panorama, place, level);
}

#include "common/placed_picture.glsl"
