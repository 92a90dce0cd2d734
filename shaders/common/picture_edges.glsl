// What there is beyond the edges of a picture that does not go all around: its own light, mirrored and ever more blurred up
// to its mean behind it, or nothing. Angles are from the middle of the picture to the right and upwards, in radians.

uniform vec4 picture_edges; // left, bottom, right, top: angles of a sphere, tangents of a plane
uniform float surround;     // 1 continues the picture, 0 leaves nothing

// The farther beyond an edge, the wider the blur: half as wide as that is far, and without end where nothing is farther.
struct Beyond {
    vec2 angles; // where the same light is in the picture
    float angle; // how far beyond the nearest edge, 0 in the picture
    float blur;  // how wide the light is blurred, radians
};

// Mirrors a number into the span between two others as often as it takes.
float mirrored(float value, float low, float high) {
    float share = (value - low) / max(high - low, 1e-6);
    return low + (high - low) * (1.0 - abs(mod(share, 2.0) - 1.0));
}

Beyond beyond_edges(vec2 angles, vec4 edges) {
    vec3 away = vec3(abs(angles.x) - edges.z, angles.y - edges.w, edges.y - angles.y);
    vec3 most = vec3(3.14159265359, 1.57079632679, 1.57079632679) - vec3(edges.z, edges.w, -edges.y);
    vec3 shares = clamp(away / max(most, 1e-6), 0.0, 1.0);
    float angle = max(max(away.x, away.y), max(away.z, 0.0));
    float left = 1.0 - max(shares.x, max(shares.y, shares.z));
    vec2 inside = vec2(mirrored(angles.x, edges.x, edges.z), mirrored(angles.y, edges.y, edges.w));
    return Beyond(inside, angle, 0.5 * angle / max(left, 1e-4));
}

// How much of a footprint this far beyond the edge is still covered.
float covered(float angle, float footprint) {
    return surround > 0.0 ? 1.0 : clamp(1.0 - angle / max(footprint, 1e-9), 0.0, 1.0);
}
