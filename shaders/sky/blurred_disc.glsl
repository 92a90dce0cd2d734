// A disc of an even light 1, filtered to a footprint.

const float SUN_SQUARED = 2.1855625e-5;  // squared radii in radians
const float MOON_SQUARED = 2.04304e-5;

// `away` is the squared angle from its middle, `squared` the disc's own radius. Over the plane it sums up to the same for
// every footprint: it falls with the squared angle by a parabola that is as high over the edge as it lacks inside it. Of a
// disc smaller than that edge a dome of four footprints is left. So what LEDs in a grid get together stays within 2 % as the
// disc moves over them.
float blurred_disc(float away, float squared, float footprint) {
    float width = footprint * (3.0 * sqrt(squared) + 4.0 * footprint) + 1e-12;
    float inner = max(squared - width / 3.0, 0.0);
    float share = clamp((inner + width - away) / width, 0.0, 1.0);
    return squared / (inner + width / 3.0) * share * share;
}
