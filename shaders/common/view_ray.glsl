// The ray of the pixel being drawn, in the stage. Row 0 of every target is the picture's top.

uniform vec3 eye;
uniform vec3 first_ray;
uniform vec3 column_step;
uniform vec3 row_step;

// Not normalised: its component along the view's axis is 1.
vec3 view_ray() {
    return first_ray + gl_FragCoord.x * column_step + gl_FragCoord.y * row_step;
}
