// Where the tables of the sky's light have which direction (render/worlds/sky/columns.py, shaders/sky/light.frag).
// `horizon` has the cosine and sine of how far the horizon is below the horizontal, and one over the tangents of half the
// angles from it to the zenith and straight down. No arc is computed: the tangent of half an angle serves as well.

const float ROWS_ABOVE = 64.0;
const float ROWS_BELOW = 32.0;
const float TURNS = 32.0;

// Of the angle above the horizon, from the sine and cosine of an elevation.
float half_tangent(float rise, float level, vec4 horizon) {
    float above = rise * horizon.x + level * horizon.y;
    return above / max(1.0 + level * horizon.x - rise * horizon.y, 1e-6);
}

float row_above(float tangent, vec4 horizon) {
    float share = sqrt(clamp(tangent * horizon.z, 0.0, 1.0));
    return (0.5 + share * (ROWS_ABOVE - 1.0)) / (ROWS_ABOVE + ROWS_BELOW);
}

float row_below(float tangent, vec4 horizon) {
    float share = sqrt(clamp(-tangent * horizon.w, 0.0, 1.0));
    return (ROWS_ABOVE + 0.5 + share * (ROWS_BELOW - 1.0)) / (ROWS_ABOVE + ROWS_BELOW);
}

// `heading` is the cosine of the turn from the light.
float turn_place(float heading) {
    float half_turn = sqrt(clamp(0.5 - 0.5 * heading, 0.0, 1.0));
    return (0.5 + half_turn * (TURNS - 1.0)) / TURNS;
}
