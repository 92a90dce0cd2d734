// Where a direction in the axes of the layer is in a picture that is on a cylinder or a dome. SHAPED has both, since the one
// costs hardly more than the other.

#if defined(SHAPED)
// Of a cylinder the angle from ahead to the right, and the tangent upwards. Of a dome the angle from straight up, as a way to
// the right and away from ahead.
vec2 shaped_angles(vec3 seen) {
    bool is_dome = picture_shape > 0.5;
    float level = sqrt(dot(seen.xy, seen.xy) + 1e-30);
    float along = is_dome ? seen.z : seen.y;
    float across = is_dome ? level : seen.x;
    float ahead = angle_ahead(abs(along) + 1e-30, across);
    float turn = along < 0.0 ? (across < 0.0 ? -3.14159265359 : 3.14159265359) - ahead : ahead;
    float scale = 1.0 / level;
    return is_dome ? vec2(seen.x, -seen.y) * (turn * scale) : vec2(turn, seen.z * scale);
}

// How much more an angle is there than in the middle of the picture: its larger side. Behind a dome it grows without end.
float shaped_stretch(vec2 angles) {
    float away = length(angles);
    float round = away / max(sin(min(away, 3.0)), 1e-6);
    return picture_shape > 0.5 ? (away > 0.01 ? round : 1.0) : 1.0 + angles.y * angles.y;
}
#endif
