// A film along a ray, placed in every way that a picture can be.

#include "common/film_codes.glsl"
#include "common/placed_picture.glsl"
