// A disc of an even light 1, filtered to a footprint.

const float SUN_SQUARED = 2.1855625e-5; // squared radius in radians

// `away` is the squared angle from its middle, `squared` the disc's own radius. The edge is as wide as the footprint. Over
// the plane it sums up to the same for every footprint: it falls straight with the squared angle, from as much inside
// the edge as it goes on outside. Of a disc that is smaller than its edge is wide, a dome is left that is 2.7 footprints
// wide: then what LEDs in a grid get together does not change as it moves over them (the second zero of the dome's
// spectrum).
float blurred_disc(float away, float squared, float footprint) {
    float soft = footprint * (1.3 * sqrt(squared) + 1.8 * footprint) + 1e-12;
    float inner = max(squared - soft, 0.0);
    float outer = squared + soft;
    float top = 2.0 * squared / (inner + outer);
    return top * clamp((outer - away) / (outer - inner), 0.0, 1.0);
}
