// The rays of a film: from its pixels over the true lens, as tangents (x right, y up) at unit distance along the axis.
// The formulas are those of SMPTE OpenTrackIO 1.0.1's lens model, which `render/film/lens.py` solves in double precision.

#include "readback/film_handed.glsl"

#ifdef BENDS
uniform float focal_mm;
uniform vec2 distortion_offset_mm;
uniform mat3 stage_from_camera;
uniform float radial[6];
uniform vec2 tangential;

vec2 bent(vec2 p) {
    float square = dot(p, p);
    float above = 1.0 + square * (radial[0] + square * (radial[2] + square * radial[4]));
    float below = 1.0 + square * (radial[1] + square * (radial[3] + square * radial[5]));
    vec2 aside = 2.0 * tangential * p.x * p.y + tangential.yx * (square + 2.0 * p * p);
    return p * (above / below) + aside;
}

mat2 bent_slope(vec2 p) {
    float square = dot(p, p);
    float above = 1.0 + square * (radial[0] + square * (radial[2] + square * radial[4]));
    float below = 1.0 + square * (radial[1] + square * (radial[3] + square * radial[5]));
    float above_slope = radial[0] + square * (2.0 * radial[2] + square * 3.0 * radial[4]);
    float below_slope = radial[1] + square * (2.0 * radial[3] + square * 3.0 * radial[5]);
    float slope = (above_slope * below - above * below_slope) / (below * below);
    float mixed = 2.0 * p.x * p.y * slope + 2.0 * tangential.x * p.x + 2.0 * tangential.y * p.y;
    float across = above / below + 2.0 * p.x * p.x * slope + 2.0 * tangential.x * p.y + 6.0 * tangential.y * p.x;
    float down = above / below + 2.0 * p.y * p.y * slope + 6.0 * tangential.x * p.y + 2.0 * tangential.y * p.x;
    return mat2(across, mixed, mixed, down);
}
#endif

// The ray of a pixel in the stage, and its tangents; false where the lens has no ray there. One that bends none has them
// from the vertex shader.
bool lens_ray(out vec3 ray, out vec2 tangents) {
#ifdef BENDS
    bool found = true;
#ifdef SOLVES
    vec2 straight = film_mm;
    for (int step = 0; step < 12; step++) {
        straight += inverse(bent_slope(straight)) * (film_mm - bent(straight));
    }
    found = length(film_mm - bent(straight)) < 1e-3;
#else
    vec2 straight = bent(film_mm);
#endif
    tangents = (straight + distortion_offset_mm) * vec2(1.0, -1.0) / focal_mm;
    ray = stage_from_camera * vec3(tangents.x, 1.0, tangents.y);
    return found;
#else
    tangents = film_tangents;
    ray = film_ray;
    return true;
#endif
}
