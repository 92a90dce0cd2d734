// The guide: the horizon of the eye that sees an LED, a tick every 10 degrees along it with the stage's pan at each
// quarter, and a grid of 1 m on a floor; for a scene with its metres and the strokes of the stage's outline. White lines
// between black ones. With MARKS.

#include "common/equirectangular.glsl"

#ifdef MARKS
const int MOST_STROKES = 64;
uniform int guide;         // 0 nothing, 1 horizon and ticks, 2 the floor's grid too, 3 its metres and strokes too
uniform vec3 guide_light;  // of its lines
uniform vec3 guide_eye;    // the eye that has what the cameras leave
uniform float guide_floor; // the floor's height, metres
uniform int guide_strokes; // how many strokes there are
uniform vec4 guide_stroke[MOST_STROKES]; // from xy to zw on the floor, metres
uniform sampler2D guide_hidden; // how much of the floor is hidden: in the cameras' views, and behind them
uniform bool guide_in_view;     // whether a camera has what the cameras leave

const float STEP = 0.17453292520;        // 10 degrees
const float LINE = 0.0006;               // half a line, radians
const float TICK = 0.012;                // half a tick's height, radians
const float CELL = 0.006;                // a label's digits have 3 x 5 cells of this size, radians
const float FLOOR_LINE_M = 0.008;        // half a line of the grid
const float STROKE_M = 0.02;             // half a stroke
const float METRE_CELL_M = 0.03;         // a cell of the metres' digits, where an LED is no larger
const float THROUGH = 0.25;               // of a line behind something
const int MINUS = 448;                   // 3 x 5 bits, the top row first
const int DIGITS[10] = int[10](31599, 11415, 29671, 29647, 23497, 31183, 31215, 29257, 31727, 31695);

// What a line with its black edges gives: its light and its cover. `away` from its middle, half its width and `pitch`,
// the size of an LED, are in one unit. No line is thinner than an LED and a half.
vec2 line_at(float away, float half_width, float pitch) {
    float thick = max(half_width, 0.75 * pitch);
    return clamp((vec2(thick, 2.2 * thick) - abs(away)) / pitch + 0.5, 0.0, 1.0);
}

// A whole number of at most three digits, `place` in cells to the right of and above its lower middle.
vec2 label_at(int number, vec2 place) {
    int size = abs(number);
    int digits = size > 99 ? 3 : size > 9 ? 2 : 1;
    int letters = digits + int(number < 0);
    float column = place.x + 0.5 * float(4 * letters - 1);
    int place_of = int(floor(column * 0.25));
    int from_right = clamp(letters - 1 - place_of, 0, 3);
    int worth = from_right == 0 ? 1 : from_right == 1 ? 10 : 100;
    int letter = from_right == digits ? MINUS : DIGITS[(size / worth) % 10];
    ivec2 cell = ivec2(int(floor(column)) - 4 * place_of, 4 - int(floor(place.y)));
    bool on_paper = column > -1.0 && column < float(4 * letters) && place.y > -1.0 && place.y < 6.0;
    bool on_letter = place_of >= 0 && place_of < letters && cell.x >= 0 && cell.x < 3 && cell.y >= 0 && cell.y < 5;
    bool inked = on_letter && ((letter >> (14 - 3 * cell.y - cell.x)) & 1) == 1;
    return vec2(float(inked), float(on_paper));
}

// The label of a quarter says the stage's pan, + to the left: 0, 90, -90 or 180.
vec2 horizon_at(vec3 ray, float pitch) {
    vec2 angles = (panorama_place(ray, 0.5) - 0.5) * vec2(6.28318530718, -3.14159265359);
    vec2 lines = line_at(angles.y, LINE, pitch);
    float number = round(angles.x / STEP);
    bool quarter = mod(abs(number), 9.0) == 0.0;
    float aside = (angles.x - number * STEP) * cos(angles.y);
    float reach = clamp(((quarter ? 2.0 : 1.0) * TICK - abs(angles.y)) / pitch + 0.5, 0.0, 1.0);
    lines = max(lines, line_at(aside, LINE, pitch) * reach);
    vec2 place = vec2(aside, angles.y - 2.0 * TICK) / max(CELL, 1.5 * pitch) - vec2(0.0, 1.5);
    int pan = abs(number) > 17.0 ? 180 : -10 * int(number);
    return quarter ? max(lines, label_at(pan, place)) : lines;
}

// How far an LED reaches on the floor along x and y, `way` from the eye.
vec2 reach_on_floor(vec3 way, float pitch) {
    vec2 slope = way.xy / way.z;
    return pitch * length(way) * sqrt(1.0 + slope * slope);
}

// How far apart labels are that need so much room.
float steps_for(float room) {
    return room < 1.0 ? 1.0 : room < 5.0 ? 5.0 : room < 20.0 ? 20.0 : 100.0;
}

// The metres along x, on every fifth line that goes along it while that is near, or along y, on the line through the origin. Digits grow with
// the distance as far as LEDs need it, and stand the farther apart.
vec2 metres_at(int axis, vec2 place, vec3 eye, vec2 reach, float pitch) {
    vec2 room = vec2(18.0, 8.0) * max(vec2(METRE_CELL_M), 1.5 * reach);
    vec2 steps = vec2(steps_for(room.x), max(steps_for(room.y), axis == 0 ? 5.0 : 1.0));
    vec2 from = floor(place / steps) * steps * vec2(axis == 0 ? 1.0 : 0.0, 1.0);
    vec2 cell = max(vec2(METRE_CELL_M), 1.5 * reach_on_floor(vec3(from, guide_floor) - eye, pitch));
    int number = int(from[axis]);
    bool is_there = abs(number) < 1000 && room.y < (axis == 1 ? 100.0 : 1.5) && (axis == 1 || number != 0);
    return is_there ? label_at(number, (place - from) / cell - vec2(9.0, 1.5)) : vec2(0.0);
}

// The strokes, and the metres. Loops that end at once cost a software renderer nothing.
vec2 scene_at(vec2 place, vec3 eye, vec2 reach, float pitch) {
    vec2 lines = vec2(0.0);
    for (int axis = guide > 2 ? 0 : 2; axis < 2; axis++) {
        lines = max(lines, metres_at(axis, place, eye, reach, pitch));
    }
    for (int stroke = 0; stroke < guide_strokes; stroke++) {
        vec2 along = guide_stroke[stroke].zw - guide_stroke[stroke].xy;
        vec2 from = place - guide_stroke[stroke].xy;
        vec2 aside = from - along * clamp(dot(from, along) / max(dot(along, along), 1e-9), 0.0, 1.0);
        float away = length(aside);
        float leds = length(aside / reach);
        lines = max(lines, line_at(away, STROKE_M, leds > 1e-3 ? away / leds : max(reach.x, reach.y)));
    }
    return lines;
}

// Where the ray meets the floor. The grid fades where its squares become smaller than a few LEDs.
vec2 floor_at(vec3 eye, vec3 ray, float pitch) {
    float above = eye.z - guide_floor;
    if (above <= 0.0 || ray.z >= 0.0) {
        return vec2(0.0);
    }
    vec3 way = ray * (above / -ray.z);
    vec2 place = eye.xy + way.xy;
    vec2 size = reach_on_floor(way, pitch);
    vec2 lines = vec2(0.0);
    for (int axis = 0; axis < 2; axis++) {
        float aside = place[axis] - round(place[axis]);
        vec2 one = line_at(aside, FLOOR_LINE_M * (abs(place[axis]) < 0.5 ? 2.0 : 1.0), size[axis]);
        lines = max(lines, one * clamp(2.0 - 8.0 * size[axis], 0.0, 1.0));
    }
    return max(lines, scene_at(place, eye, size, pitch));
}

// Light of the guide's lines, and how much of the LED the guide covers, as `eye` must see them. What a scene hides of the
// floor shows through a little.
vec2 guide_at(vec3 eye, vec4 led, float hidden) {
    vec3 ray = led.xyz - eye;
    float pitch = max(led.a * inversesqrt(dot(ray, ray)), 1e-6);
    vec2 lines = horizon_at(ray, pitch);
    return guide > 1 ? max(lines, mix(1.0, THROUGH, hidden) * floor_at(eye, ray, pitch)) : lines;
}
#endif
