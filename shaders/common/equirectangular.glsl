// From a direction in the stage to a place in an equirectangular picture: its centre is towards +Y, right of that is
// +X, the top row is +Z. `middle` is where +Y is, as a share of the width: 0.5 unless the picture is turned.

// Arc tangent of a ratio in 0..1: minimax polynomial of degree 15, within 4e-8 rad.
float arc_tangent(float ratio) {
    float s = ratio * ratio;
    float sum = -0.004054548368;
    sum = sum * s + 0.02186288791;
    sum = sum * s - 0.05591222307;
    sum = sum * s + 0.09642189519;
    sum = sum * s - 0.1390862641;
    sum = sum * s + 0.1994656501;
    sum = sum * s - 0.3332986073;
    sum = sum * s + 0.9999993356;
    return sum * ratio;
}

// Angle of the point (along, across) from the first axis, for along >= 0.
float angle_ahead(float along, float across) {
    float size = abs(across);
    float angle = arc_tangent(min(along, size) / max(max(along, size), 1e-30));
    return sign(across) * (size > along ? 1.57079632679 - angle : angle);
}

// Angles of a direction in radians: from +Y to the right, and upwards.
vec2 panorama_angles(vec3 direction) {
    float sideways = angle_ahead(abs(direction.y), direction.x);
    float turn = direction.y < 0.0 ? (direction.x < 0.0 ? -3.14159265359 : 3.14159265359) - sideways : sideways;
    return vec2(turn, angle_ahead(length(direction.xy), direction.z));
}

vec2 panorama_place(vec3 direction, float middle) {
    return vec2(middle, 0.5) + panorama_angles(direction) * vec2(0.15915494309, -0.31830988618);
}
