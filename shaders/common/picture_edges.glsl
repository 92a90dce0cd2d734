// What there is beyond the edges of a picture that does not go all around: its own light, mirrored and ever more blurred up
// to its mean behind it, or nothing.

#include "common/handed.glsl"

#if defined(EDGED) || defined(PART) || (defined(PLANE) && !defined(INSIDE))
// Textures repeat sideways: a look-up stays inside the edges of one that does not by as much as it is blurred.
vec2 inside(vec2 place, float texels) {
    float inset = min(max(texels, 0.5) * picture_detail.y, 0.5);
    return vec2(clamp(place.x, inset, 1.0 - inset), place.y);
}
#endif

#if defined(EDGED) || (defined(PLANE) && !defined(INSIDE))
// Mirrors a share of a picture's width or height into it as often as it takes.
float mirrored(float place) {
    return 1.0 - abs(place - 2.0 * floor(0.5 * place) - 1.0);
}

vec2 mirrored(vec2 place) {
    return vec2(mirrored(place.x), mirrored(place.y));
}

// How much is covered this far beyond the edge, an angle or a tangent: all, or less within the width of a texel.
float covered(float beyond) {
    return picture_detail.z > 0.0 ? 1.0 : clamp(1.0 - beyond * picture_detail.x, 0.0, 1.0);
}
#endif
