// What places a layer, and what the weather is: the same for every pixel. The vertex shader, which defines VERTEX, is given it and hands it on: a
// software renderer reads a uniform anew for every few pixels, which costs more than what is computed with it, but a flat
// input only once.

#if defined(PLACED) || defined(PLANE)
#ifdef VERTEX
uniform mat3 given_axes;
uniform vec4 given_edges;
uniform vec4 given_place;
uniform vec3 given_detail;
uniform vec2 given_bend;
flat out mat3 layer_from_stage;
flat out vec4 picture_edges;
flat out vec4 picture_place;
flat out vec3 picture_detail;
flat out vec2 picture_bend;
#else
flat in mat3 layer_from_stage; // rows: right, ahead, up of the picture
flat in vec4 picture_edges;    // left, bottom, right, top: angles of a sphere in radians, tangents of a plane
flat in vec4 picture_place;    // shares of width and height for a radian or tangent; then where the axis is, in such shares
flat in vec3 picture_detail;   // texels for a radian or tangent; 1 over the columns, 0 all the way round; 1 if it continues
flat in vec2 picture_bend;     // PLACED: how much higher a whole sphere is looked up, half the width of its seam, radians;
                               // EDGED: how blur grows beyond its sides, and above and below
#endif
#endif

#if defined(NEAR) || defined(PLANE)
#ifdef VERTEX
uniform vec4 given_surface;
uniform vec3 given_ahead;
flat out vec4 surface;
flat out vec3 surface_ahead;
#else
flat in vec4 surface;       // NEAR: one over the square of the radius, and the height of the picture above the floor, 0 where
                            // there is none; PLANE: where it is placed from, and one over its distance, 0 at infinity
flat in vec3 surface_ahead; // PLANE: from there to it, a unit vector
#endif
#endif

#ifdef WEATHER
#ifdef VERTEX
uniform vec4 given_rain;
uniform vec4 given_snow;
uniform vec4 given_dust;
uniform sampler2D around;
flat out vec4 rain;
flat out vec4 snow;
flat out vec4 dust;
flat out vec3 mean_light;
flat out mat3 light_around;
#else
flat in vec4 rain;         // of each: how much there is, how far it has fallen, metres sideways for each that it falls
flat in vec4 snow;
flat in vec4 dust;
flat in vec3 mean_light;   // of the world behind
flat in mat3 light_around; // times a direction: how much more comes from there
#endif
#endif

#ifdef VERTEX
void hand_on() {
#ifdef WEATHER
    rain = given_rain;
    snow = given_snow;
    dust = given_dust;
    mean_light = texelFetch(around, ivec2(0), 0).rgb;
    for (int axis = 0; axis < 3; axis++) {
        light_around[axis] = texelFetch(around, ivec2(axis + 1, 0), 0).rgb;
    }
#endif
#if defined(PLACED) || defined(PLANE)
    layer_from_stage = given_axes;
    picture_edges = given_edges;
    picture_place = given_place;
    picture_detail = given_detail;
    picture_bend = given_bend;
#endif
#if defined(NEAR) || defined(PLANE)
    surface = given_surface;
    surface_ahead = given_ahead;
#endif
}
#endif
