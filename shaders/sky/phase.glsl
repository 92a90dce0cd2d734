// How much haze scatters by the cosine of the angle: Cornette and Shanks (1992), g = 0.8.

float haze_phase(float cosine) {
    float inverse = inversesqrt(1.64 - 1.6 * cosine);
    return 0.01627721009 * (1.0 + cosine * cosine) * inverse * inverse * inverse;
}
