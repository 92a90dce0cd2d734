// What is the same for every LED of a pass: given to the vertex shader, which hands it on. A software renderer reads a
// uniform anew for every few pixels, which costs more than what is computed with it, but a flat input only once.
// The vertex shader, which defines VERTEX, has WITH_NAME defined for each file NAME.glsl of the fragment shader.

#ifdef VERTEX
#define HANDED flat out
#else
#define HANDED flat in
#endif

// Where one eye is alone before a flat wall, LEDs are AIMED at: their places are given from that eye, and together with the
// eye in the axes of the layer, so that nothing has to be subtracted or turned for each of them.
#if defined(FLAT) && !defined(LIGHT) && !defined(PICTURES) && !defined(MARKS) && !defined(WEATHER)
#if CAMERAS == 0
#define AIMED
#endif
#endif

// common/led.glsl with FLAT
HANDED vec4 first_led;  // where the raster's corner is, and the distance between LEDs
HANDED vec3 led_column; // from one LED to the next along a row, and down a column
HANDED vec3 led_row;

// common/wall_light.glsl with RAY or WEATHER
HANDED vec3 outer_eye;

// common/compose.glsl
HANDED mat3 signal_from_world; // grade, primaries and full scale in one
HANDED vec3 code_range;        // the brightest light the wall can show, in the same scale; how wide the dither is, and what
                               // is added with it

// worlds/panorama.glsl: a whole sphere that is only turned
HANDED vec2 turned; // where the picture is towards +Y, as a share of its width; texels for a radian of elevation

// worlds/panorama.glsl with PLACED or PLANE
HANDED mat3 layer_from_stage; // rows: right, ahead, up of the picture
HANDED vec4 picture_edges;    // left, bottom, right, top: angles of a sphere in radians, tangents of a plane
HANDED vec4 picture_place;    // shares of width and height for a radian or tangent; then where the axis is, in such shares
HANDED vec3 picture_detail;   // texels for a radian or tangent; 1 over the columns, 0 all the way round; 1 if it continues
HANDED vec2 picture_bend;     // PLACED: how much higher a whole sphere is looked up, half the width of its seam, radians;
                              // EDGED: how blur grows beyond its sides, and above and below

// common/world_surface.glsl with NEAR or PLANE
HANDED vec4 surface;       // NEAR: one over the square of the radius, and the height of the picture above the floor, 0 where
                           // there is none; PLANE: where it is placed from, and one over its distance, 0 at infinity
HANDED vec3 surface_ahead; // PLANE: from there to it, a unit vector
HANDED vec3 surface_up;    // NEAR: up in the axes of the layer

// common/weather.glsl with WEATHER
#ifdef WEATHER
HANDED vec4 rain;         // of each: how much there is, how far it has fallen, metres sideways for each that it falls
HANDED vec4 snow;
HANDED vec4 dust;
HANDED vec3 mean_light;   // of the worlds behind
HANDED mat3 light_around; // times a direction: how much more of it comes from there
HANDED mat3 outer_from_weather; // wall_light.glsl: what is done to the light outside the views
#endif

// worlds/sky.glsl
HANDED vec4 sky_horizon;  // of sky/table_places.glsl
HANDED vec4 main_light;   // where the light of the first tables is seen, and how strong it is
HANDED vec2 main_heading; // its compass direction, a unit vector
HANDED vec4 sun_disc;     // where its middle is seen, and one over how far its edge is above that
HANDED vec3 sun_middle;   // its light at the middle of the disc, and how that goes on to its upper edge
HANDED vec3 sun_slope;
HANDED vec3 sun_bend;

#ifdef VERTEX
#ifdef WEATHER
uniform vec4 given_rain;
uniform vec4 given_snow;
uniform vec4 given_dust;
uniform mat3 given_outer_from_weather;
uniform sampler2D around; // four pixels: light_around.frag
#endif
uniform vec4 given_first_led;
uniform vec3 given_led_column;
uniform vec3 given_led_row;
uniform vec3 given_outer_eye;
uniform mat3 given_signal_from_world;
uniform vec3 given_code_range;
uniform vec2 given_turned;
uniform mat3 given_axes;
uniform vec4 given_edges;
uniform vec4 given_place;
uniform vec3 given_detail;
uniform vec2 given_bend;
uniform vec4 given_surface;
uniform vec3 given_ahead;
uniform vec4 given_sky_horizon;
uniform vec4 given_main_light;
uniform vec2 given_main_heading;
uniform vec4 given_sun_disc;
uniform vec3 given_sun_middle;
uniform vec3 given_sun_slope;
uniform vec3 given_sun_bend;

void hand_on() {
#if defined(AIMED) && defined(WITH_PANORAMA) && (defined(PLACED) || defined(PLANE))
    mat3 axes = given_axes;
#else
    mat3 axes = mat3(1.0);
#endif
#if defined(WITH_LED) && defined(FLAT)
#ifdef AIMED
    vec3 origin = given_outer_eye;
#else
    vec3 origin = vec3(0.0);
#endif
    first_led = vec4(axes * (given_first_led.xyz - origin), given_first_led.w);
    led_column = axes * given_led_column;
    led_row = axes * given_led_row;
#endif
#if defined(WITH_WALL_LIGHT) && (defined(WEATHER) || !(defined(LIGHT) || defined(PICTURES)))
    outer_eye = axes * given_outer_eye;
#endif
#ifdef WEATHER
    rain = given_rain;
    snow = given_snow;
    dust = given_dust;
    mean_light = texelFetch(around, ivec2(0), 0).rgb;
    for (int axis = 0; axis < 3; axis++) {
        light_around[axis] = texelFetch(around, ivec2(axis + 1, 0), 0).rgb;
    }
#ifdef WITH_WALL_LIGHT
    outer_from_weather = given_outer_from_weather;
#endif
#endif
#ifdef WITH_COMPOSE
    signal_from_world = given_signal_from_world;
    code_range = given_code_range;
#endif
#if defined(PLACED) || defined(PLANE)
    layer_from_stage = given_axes;
    picture_edges = given_edges;
    picture_place = given_place;
    picture_detail = given_detail;
    picture_bend = given_bend;
#elif defined(WITH_PANORAMA)
    turned = given_turned;
#endif
#ifdef NEAR
    surface = given_surface;
    surface_up = axes[2];
#endif
#ifdef PLANE
    surface = vec4(axes * given_surface.xyz, given_surface.w);
    surface_ahead = axes * given_ahead;
#endif
#ifdef WITH_SKY
    sky_horizon = given_sky_horizon;
    main_light = given_main_light;
    main_heading = given_main_heading;
    sun_disc = given_sun_disc;
    sun_middle = given_sun_middle;
    sun_slope = given_sun_slope;
    sun_bend = given_sun_bend;
#endif
}
#endif
