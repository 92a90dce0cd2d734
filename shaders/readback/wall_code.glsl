// The light of a wall's code values, 1 at full light.

uniform float light_at_one;

#ifdef CURVE_GAMMA
uniform float gamma;
vec3 light_of(vec3 code) {
    return light_at_one * pow(code, vec3(gamma));
}
#elif defined(CURVE_PQ)
vec3 light_of(vec3 code) { // SMPTE ST 2084:2014, equation 4.1
    vec3 root = pow(code, vec3(1.0 / 78.84375));
    vec3 share = max(root - 0.8359375, 0.0) / (18.8515625 - 18.6875 * root);
    return light_at_one * pow(share, vec3(1.0 / 0.1593017578125));
}
#elif defined(CURVE_SRGB)
// IEC 61966-2-1. The power part is a polynomial, fitted for the smallest error relative to it: 0.04 %. In software pow()
// is half of a film picture's cost.
vec3 light_of(vec3 code) {
    vec3 bent = (((0.11660572 * code - 0.36898917) * code + 0.71039933) * code + 0.50754481) * code + 0.03392338;
    bent = bent * code + 0.00088327;
    return light_at_one * mix(bent, code / 12.92, lessThanEqual(code, vec3(0.0404482)));
}
#else
vec3 light_of(vec3 code) { // numbers, not light
    return code;
}
#endif
