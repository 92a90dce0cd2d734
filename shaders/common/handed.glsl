// What is the same for every LED of a pass: given to the vertex shader, which hands it on. A software renderer reads a
// uniform anew for every few pixels, which costs more than what is computed with it, but a flat input only once.
// The vertex shader, which defines VERTEX, has WITH_NAME defined for each file NAME.glsl of the fragment shader. Where a
// driver hands on too little for that, HANDED_HERE has the fragment shader work all of it out for itself.

#include "common/near_eye.glsl"

#if defined(HANDED_HERE)
#define HANDED
#elif defined(VERTEX)
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

// common/led.glsl with BOWED
HANDED vec4 bow;       // where the middle of the arc is and its upper edge, and the distance between LEDs
HANDED vec4 bow_axes;  // from the axis to the side and to the middle of the arc, of the radius' length
HANDED vec3 bow_steps; // the turn of the left edge, and of an LED; how much higher the next row is

// common/wall_light.glsl with RAY or WEATHER
HANDED vec3 outer_eye;

// common/wall_light.glsl with TONED_ALONE
HANDED mat3 tone;

// common/compose.glsl
HANDED mat3 signal_from_world; // grade, primaries and full scale in one
HANDED vec3 code_range;        // the brightest light the wall can show, in the same scale; how wide the dither is, and what
                               // is added with it

// common/placed_picture.glsl: a whole sphere that is only turned
HANDED vec2 turned; // where the picture is towards +Y, as a share of its width; texels for a radian of elevation

// common/placed_picture.glsl with PLACED or PLANE
HANDED mat3 layer_from_stage; // rows: right, ahead, up of the picture
HANDED vec4 picture_edges;    // left, bottom, right, top: angles of a sphere in radians, tangents of a plane
HANDED vec4 picture_place;    // shares of width and height for a radian or tangent; then where the axis is, in such shares
HANDED vec3 picture_detail;   // texels for a radian or tangent; 1 over the columns, 0 all the way round; 1 if it continues
HANDED vec2 picture_bend;     // BENT or SEAM: how much higher a whole sphere is looked up, half the width of its seam,
                              // radians; EDGED: how blur grows beyond its sides, and above and below
HANDED float picture_shape;   // SHAPED: 1 on a dome, 0 on a cylinder

#ifdef PAIRED
HANDED mat3 beside_from_this; // from the axes of a film of a set to those of the other, and the finest level of that
HANDED float beside_finest;
#endif

// common/shares.glsl with one camera before a 3D scene
HANDED vec4 only_eye; // and one over its feather
HANDED mat3 only_camera;
HANDED vec4 only_view;

// worlds/model.glsl with LOOKS 1
HANDED mat3 only_look; // to a place in the picture, times the depth along its axis

// common/film_codes.glsl
HANDED vec4 film_place;  // from shares of the picture to shares of its planes: scale and offset
HANDED vec4 film_other_place; // of the second and the third one, which may be smaller
HANDED vec2 film_levels;      // how many levels those are further on, and the finest level that there is
#ifdef WHOLE
HANDED vec2 film_alpha;       // what a sample of alpha is multiplied by, and what is added to that
#endif
HANDED mat3 film_colours;     // from samples to codes of red, green and blue
HANDED vec3 film_offset;      // and what is added to those
HANDED mat3 film_acescg;
HANDED vec4 film_toe;     // where the toe of the curve ends, of it what is times a code and times its square; where the
                          // polynomial above it has its middle
HANDED mat2x4 film_rise;  // and that polynomial

// common/world_surface.glsl with NEAR or PLANE
HANDED vec4 surface;       // NEAR: one over the square of the radius, and the height of the picture above the floor, 0 where
                           // there is none, and 1 for an upright cylinder; PLANE: where it is placed from, and one over its distance, 0 at infinity
HANDED vec3 surface_ahead; // PLANE: from there to it, a unit vector
HANDED vec3 surface_up;    // NEAR: up in the axes of the layer
HANDED vec4 plane_eye;     // PLANE with AIMED: how far the eye is from there, in its distances, and what is left to it
HANDED vec4 near_sphere;   // NEAR with AIMED: of common/near_eye.glsl
HANDED vec3 near_floor;
HANDED vec4 near_place;    // and how slanted the floor is

// common/relief.glsl
#ifdef RELIEF
HANDED vec4 relief_scale;      // of what the map holds: (x + y held) / (z + w held) is one over metres
HANDED vec3 relief_ends;       // the largest and the smallest number in it, and whether depth jumps anywhere
HANDED ivec3 relief_size; // its columns and rows, and how many levels it has
uniform sampler2D relief;
#endif

// common/weather.glsl with WEATHER
#ifdef WEATHER
HANDED vec4 rain;         // of each: how much there is, how far it has fallen, metres sideways for each that it falls
HANDED vec4 snow;
HANDED vec4 dust;
HANDED vec3 mean_light;   // of the worlds behind
HANDED mat3 light_around; // times a direction: how much more of it comes from there
HANDED mat3 outer_from_weather; // wall_light.glsl: what is done to the light outside the views
#endif

// common/mends.glsl with MENDED or FOLLOWS
HANDED vec3 hour_gain; // of a layer that follows the hour; else 1

// worlds/sky.glsl
HANDED vec4 sky_horizon;  // of sky/table_places.glsl
HANDED vec4 main_light;   // where the light of the first tables is seen, and how strong it is
HANDED vec2 main_heading; // its compass direction, a unit vector
HANDED vec4 sun_disc;     // where its middle is seen, and one over how far its edge is above that
HANDED vec3 sun_middle;   // its light at the middle of the disc, and how that goes on to its upper edge
HANDED vec3 sun_slope;
HANDED vec3 sun_bend;

// sky/moon_disc.glsl
HANDED vec4 moon;        // where its middle is seen; how much of its light comes from behind the eye
HANDED vec4 moon_across; // the rest of it, over the radius of the disc; the disc's mean
HANDED vec4 moon_light;  // of a part that is lit from straight ahead; earthshine, as a share of that

// worlds/veiled_sky.glsl
HANDED vec4 cloud_shape;  // the threshold, the width of edges, both in deviations, depth for a deviation; height, metres
HANDED vec4 cloud_place;  // where both readings of the field begin
HANDED vec4 cloud_air;    // the square of how far the horizon of the clouds is, metres, and one over how far the light is
                          // given for on both sides; how much of the air's depth is below them, and how much of all light
                          // they leave to what is there
HANDED mat3 cloud_light;  // of the main light: away from it, here, and towards it
HANDED vec3 cloud_sky;    // light on them from the sky
HANDED vec3 cloud_ground; // and from the ground
HANDED vec3 air_depth;    // of all air above
HANDED vec4 fog;          // its depth along the horizon and straight up; how fast it ends below; 0 without fog
HANDED vec3 fog_light;    // from all around
HANDED vec3 fog_sun;      // of the main light, through the fog

#if defined(VERTEX) || defined(HANDED_HERE)
#ifdef WEATHER
uniform vec4 given_rain;
uniform vec4 given_snow;
uniform vec4 given_dust;
uniform mat3 given_outer_from_weather;
uniform sampler2D around; // four pixels: light_around.frag
#endif
#if defined(MENDED) || defined(FOLLOWS)
uniform sampler2D follow_gain; // a texel: sky/follow_gain.frag
#endif
#if CAMERAS == 1 && defined(LOOKS)
uniform vec3 eye[1];
uniform mat3 camera_from_stage[1];
uniform vec4 view[1];
uniform float feather_slope[1];
#endif
#if defined(LOOKS) && LOOKS == 1
uniform mat3 given_look;
#endif
uniform vec4 given_bow;
uniform vec4 given_bow_axes;
uniform vec3 given_bow_steps;
uniform vec4 given_first_led;
uniform vec3 given_led_column;
uniform vec3 given_led_row;
uniform vec3 given_outer_eye;
uniform mat3 given_tone;
uniform mat3 given_signal_from_world;
uniform vec3 given_code_range;
uniform vec2 given_turned;
uniform mat3 given_axes;
uniform vec4 given_edges;
uniform vec4 given_place;
uniform vec3 given_detail;
uniform vec2 given_bend;
uniform float given_shape;
#ifdef PAIRED
uniform mat3 given_beside;
uniform float given_beside_finest;
#endif
uniform vec4 given_surface;
#ifdef RELIEF
uniform vec4 given_relief;
#endif
uniform vec3 given_ahead;
uniform vec4 given_film_place;
uniform vec4 given_film_other_place;
uniform float given_film_smaller;
uniform vec2 given_film_alpha;
uniform float given_film_finest;
uniform mat3 given_film_colours;
uniform mat3 given_film_acescg;
uniform vec4 given_film_toe;
uniform mat2x4 given_film_rise;
uniform vec3 given_film_offset;
uniform vec4 given_sky_horizon;
uniform vec4 given_main_light;
uniform vec2 given_main_heading;
uniform vec4 given_sun_disc;
uniform vec3 given_sun_middle;
uniform vec3 given_sun_slope;
uniform vec3 given_sun_bend;
uniform vec4 given_moon;
uniform vec4 given_moon_across;
uniform vec4 given_moon_light;

#ifdef WITH_VEILED_SKY
uniform vec4 given_cloud_shape;
uniform vec4 given_cloud_place;
uniform vec3 given_cloud_far;
uniform mat3 given_cloud_light;
uniform vec3 given_air_depth;
uniform vec4 given_fog;
uniform vec3 given_strengths; // of both lights on the sky, and how much of the ground's light comes back
uniform vec3 given_ground_sun; // the main light on the ground, before clouds and fog
uniform vec3 given_second;     // what the other light gives to level ground
uniform vec3 given_passing;    // how much of the main light clouds and fog leave, and clouds of all light
uniform sampler2D main_from_sky;
#ifdef SECOND
uniform sampler2D other_from_sky;
#endif

// What lights clouds and fog from all around.
void veil_lights() {
    vec3 sky = given_strengths.x * texelFetch(main_from_sky, ivec2(0), 0).rgb + given_second;
#ifdef SECOND
    sky += given_strengths.y * texelFetch(other_from_sky, ivec2(0), 0).rgb;
#endif
    cloud_sky = sky;
    vec3 ground = given_passing.z * (sky + given_ground_sun);
    cloud_ground = 0.5 * given_strengths.z * ground;
    fog = given_fog;
    float beams = exp(-fog.x * inversesqrt(given_main_light.z * given_main_light.z + fog.y));
    fog_sun = given_ground_sun * given_passing.x * beams;
    fog_light = 0.5 * ground * given_passing.y * 0.31830988618;
}
#endif

void hand_on() {
#if defined(AIMED) && defined(WITH_PLACED_PICTURE) && (defined(PLACED) || defined(PLANE))
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
#if defined(WITH_LED) && defined(BOWED)
    bow = given_bow;
    bow_axes = given_bow_axes;
    bow_steps = given_bow_steps;
#endif
#if defined(WITH_WALL_LIGHT) && (defined(WEATHER) || !(defined(LIGHT) || defined(PICTURES)))
    outer_eye = axes * given_outer_eye;
#endif
#ifdef TONED_ALONE
    tone = given_tone;
#endif
#if CAMERAS == 1 && defined(LOOKS)
    only_eye = vec4(eye[0], feather_slope[0]);
    only_camera = camera_from_stage[0];
    only_view = view[0];
#endif
#if defined(LOOKS) && LOOKS == 1
    only_look = given_look;
#endif
#ifdef WITH_VEILED_SKY
    cloud_shape = given_cloud_shape;
    cloud_place = given_cloud_place;
    cloud_light = given_cloud_light;
    cloud_air = vec4(given_cloud_far, given_passing.z);
    air_depth = given_air_depth;
    veil_lights();
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
#if defined(MENDED) || defined(FOLLOWS)
    hour_gain = texelFetch(follow_gain, ivec2(0), 0).rgb;
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
#elif defined(WITH_PLACED_PICTURE)
    turned = given_turned;
#endif
#ifdef SHAPED
    picture_shape = given_shape;
#endif
#ifdef PAIRED
    beside_from_this = given_beside;
    beside_finest = given_beside_finest;
#endif
#ifdef WITH_FILM_CODES
    film_place = given_film_place;
    film_offset = given_film_offset;
    film_other_place = given_film_other_place;
    film_levels = vec2(given_film_smaller, given_film_finest);
#ifdef WHOLE
    film_alpha = given_film_alpha;
#endif
    film_colours = given_film_colours;
    film_acescg = given_film_acescg;
#ifndef TABLE
    film_toe = given_film_toe;
    film_rise = given_film_rise;
#endif
#endif
#ifdef NEAR
    surface = given_surface;
    surface_up = axes[2];
#ifdef AIMED
    NearEye near = near_eye(outer_eye, surface, surface_up);
    near_sphere = near.sphere;
    near_floor = near.floor;
    near_place = vec4(near.place, near.slant);
#endif
#endif
#ifdef PLANE
    surface = vec4(axes * given_surface.xyz, given_surface.w);
    surface_ahead = axes * given_ahead;
#ifdef AIMED
    vec3 aside = surface.w * (outer_eye - surface.xyz);
    plane_eye = vec4(aside, 1.0 - dot(surface_ahead, aside));
#endif
#endif
#ifdef RELIEF
    surface = vec4(axes * given_surface.xyz, given_surface.w);
    relief_scale = given_relief;
    ivec2 texels = textureSize(relief, 0);
    relief_size = ivec3(texels, 1 + int(floor(log2(float(max(texels.x, texels.y)) + 0.5))));
    relief_ends = texelFetch(relief, ivec2(0), relief_size.z - 1).rgb;
#endif
#ifdef WITH_SKY
    sky_horizon = given_sky_horizon;
    main_light = given_main_light;
    main_heading = given_main_heading;
    sun_disc = given_sun_disc;
    sun_middle = given_sun_middle;
    sun_slope = given_sun_slope;
    sun_bend = given_sun_bend;
    moon = given_moon;
    moon_across = given_moon_across;
    moon_light = given_moon_light;
#endif
}
#endif

// What the main function of a fragment shader begins with.
void take_handed() {
#ifdef HANDED_HERE
    hand_on();
#endif
}
