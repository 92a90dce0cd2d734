// Where the table of light that was scattered more than once has which place: rows by the root of the height, columns by
// the root of the sine of the light's elevation, of either sign, so that they are dense where the sun sets.

const float DARKEST = 0.6324555320; // the root beyond which there is no light any more: 24 degrees below the horizon

float rise_of(float share) {
    float root = mix(-DARKEST, 1.0, share);
    return sign(root) * root * root;
}

float share_of(float rise) {
    return clamp((sign(rise) * sqrt(abs(rise)) + DARKEST) / (1.0 + DARKEST), 0.0, 1.0);
}
