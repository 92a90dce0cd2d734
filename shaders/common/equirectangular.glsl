// From a direction in the stage to a place in an equirectangular picture: its centre is towards +Y, right of that is
// +X, the top row is +Z. `middle` is where +Y is, as a share of the width: 0.5 unless the picture is turned.

// Arc tangent of a ratio in 0..1: minimax polynomial of degree 15, within 4e-8 rad, whose terms wait little for each other.
float arc_tangent(float ratio) {
    float s = ratio * ratio;
    float s2 = s * s;
    float low = (0.9999993356 - 0.3332986073 * s) + s2 * (0.1994656501 - 0.1390862641 * s);
    float high = (0.09642189519 - 0.05591222307 * s) + s2 * (0.02186288791 - 0.004054548368 * s);
    return (low + (s2 * s2) * high) * ratio;
}

// Angle of the point (along, across) from the first axis, for along >= 0 and not both 0.
float angle_ahead(float along, float across) {
    float size = abs(across);
    bool steep = size > along;
    float angle = arc_tangent((steep ? along : size) / (steep ? size : along));
    angle = steep ? 1.57079632679 - angle : angle;
    return across < 0.0 ? -angle : angle;
}

// Angles of a direction in radians: from +Y to the right, and upwards.
vec2 panorama_angles(vec3 direction) {
    float sideways = angle_ahead(abs(direction.y) + 1e-30, direction.x);
    float turn = direction.y < 0.0 ? (direction.x < 0.0 ? -3.14159265359 : 3.14159265359) - sideways : sideways;
    float level = sqrt(dot(direction.xy, direction.xy) + 1e-30);
    return vec2(turn, angle_ahead(level, direction.z));
}

// Half the logarithm to base 2 of a positive number, within 0.0006: the level of a footprint from its square in texels.
float level_of(float squared) {
    float read = float(floatBitsToInt(squared)) * 1.1920928955e-7 - 127.0; // exponent, and the mantissa without its 1
    float part = fract(read);
    return 0.5 * read + part * (1.0 - part) * (0.2100 - 0.0777 * part);
}

vec2 panorama_place(vec3 direction, float middle) {
    return vec2(middle, 0.5) + panorama_angles(direction) * vec2(0.15915494309, -0.31830988618);
}
