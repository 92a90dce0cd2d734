// The sRGB curve (IEC 61966-2-1), light 0 to 1.

// The power part is a ratio of polynomials in the square root of light, fitted for the smallest maximum error with 1
// kept at 1: within 0.035 of an 8-bit code, and much cheaper than pow() in software.
vec3 signal(vec3 light) {
    vec3 root = sqrt(light);
    vec3 above = (4.372455 * root + 1.439582) * root - 0.04359668;
    vec3 below = (0.3569052 * root + 4.411535) * root + 1.0;
    return mix(above / below, 12.92 * light, lessThanEqual(light, vec3(0.0031308)));
}
