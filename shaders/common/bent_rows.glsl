// How the rows of a whole sphere are moved with its horizon.

#if defined(BENT) || defined(SEAM)
// By how much of the shift a row at this elevation moves: all up to 45 degrees, nothing at the poles. Its slope is at most
// 1.25 over 45 degrees, so that no two rows change places for a shift of up to 36.
float shifted_share(float elevation) {
    float ease = clamp(2.54647908947 * abs(elevation) - 3.0, -1.0, 1.0);
    float squared = ease * ease;
    return 0.5 - ease * (0.625 - 0.125 * squared * squared);
}
#endif
