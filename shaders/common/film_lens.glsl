// Where a ray falls in a film that was shot through a lens: SMPTE RIS OpenLensIO 1.0, "Mathematical lens model", at unit
// focal length and y down, as calibration/lens.py has it. With UNDISTORTS the polynomial goes from places in the film to
// rays, and is solved by Newton's method.

#if defined(LENS)
uniform vec4 lens_radial[2];  // k1, k3, k5 of the numerator; k2, k4, k6 of the denominator
uniform vec2 lens_tangential;
uniform vec4 lens_offsets;    // of the distortion, and of the projection

const int LENS_STEPS = 6;

// The polynomial at a place; its symmetric Jacobian: across, mixed, down.
vec2 lens_mapped(vec2 at, out vec3 slopes) {
    vec3 above = lens_radial[0].xyz;
    vec3 below = lens_radial[1].xyz;
    float square = dot(at, at);
    float under = 1.0 / (1.0 + square * (below.x + square * (below.y + square * below.z)));
    float factor = (1.0 + square * (above.x + square * (above.y + square * above.z))) * under;
    float rise = above.x + square * (2.0 * above.y + square * 3.0 * above.z);
    float slope = (rise - factor * (below.x + square * (2.0 * below.y + square * 3.0 * below.z))) * under;
    vec2 p = lens_tangential;
    slopes = vec3(
        factor + 2.0 * (at.x * at.x * slope + p.x * at.y) + 6.0 * p.y * at.x,
        2.0 * (at.x * at.y * slope + p.x * at.x + p.y * at.y),
        factor + 2.0 * (at.y * at.y * slope + p.y * at.x) + 6.0 * p.x * at.y);
    return at * factor + 2.0 * at.x * at.y * p + p.yx * (square + 2.0 * at * at);
}

// From tangents of a ray, y up, to what they would be without distortion at the place where it falls.
vec2 lens_place(vec2 tangents) {
    vec2 wanted = vec2(tangents.x, -tangents.y) - lens_offsets.xy;
    vec3 slopes;
#ifdef UNDISTORTS
    vec2 at = wanted;
    for (int turn = 0; turn < LENS_STEPS; turn++) {
        vec2 missing = wanted - lens_mapped(at, slopes);
        float share = 1.0 / max(slopes.x * slopes.z - slopes.y * slopes.y, 1e-3);
        at += share * vec2(slopes.z * missing.x - slopes.y * missing.y, slopes.x * missing.y - slopes.y * missing.x);
    }
#else
    vec2 at = lens_mapped(wanted, slopes);
#endif
    at += lens_offsets.xy + lens_offsets.zw;
    return vec2(at.x, -at.y);
}
#endif
