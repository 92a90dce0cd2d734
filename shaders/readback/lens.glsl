// The rays of a film: from its pixels over the true lens, as tangents (x right, y up) at unit distance along the axis.
// The formulas are those of SMPTE OpenTrackIO 1.0.1's lens model, which `render/film/lens.py` solves in double precision.

uniform vec2 film_px;
uniform vec2 mm_per_px;
uniform float focal_mm;
uniform vec2 projection_offset_mm;
uniform vec2 distortion_offset_mm;
#ifdef BENDS
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

// The tangents at a film position in pixels from the upper left; false where the lens has no ray there.
bool lens_ray(vec2 place_px, out vec2 tangents) {
    vec2 distorted = (place_px - 0.5 * film_px) * mm_per_px - projection_offset_mm - distortion_offset_mm;
    vec2 straight = distorted;
    bool found = true;
#if defined(BENDS) && defined(SOLVES)
    for (int step = 0; step < 12; step++) {
        straight += inverse(bent_slope(straight)) * (distorted - bent(straight));
    }
    found = length(distorted - bent(straight)) < 1e-3;
#elif defined(BENDS)
    straight = bent(distorted);
#endif
    tangents = (straight + distortion_offset_mm) * vec2(1.0, -1.0) / focal_mm;
    return found;
}
