// The guide: the horizon of the eye that sees an LED, a tick every 10 degrees along it with the stage's pan at each
// quarter, and a grid of 1 m on the stage's floor. White lines between black ones. With MARKS.

#include "common/equirectangular.glsl"

#ifdef MARKS
uniform int guide;         // 0 nothing, 1 horizon and ticks, 2 the floor's grid too
uniform vec3 guide_light;  // of its lines
uniform vec3 guide_eye;    // the eye that has what the cameras leave

const float STEP = 0.17453292520;        // 10 degrees
const float LINE = 0.0006;               // half a line, radians
const float TICK = 0.012;                // half a tick's height, radians
const float CELL = 0.006;                // a label's digits have 3 x 5 cells of this size, radians
const float FLOOR_LINE_M = 0.008;        // half a line of the grid
const int ZERO = 31599;                  // digits of 3 x 5 bits, the top row first
const int ONE = 11415;
const int EIGHT = 31727;
const int NINE = 31695;
const int MINUS = 448;

// What a line with its black edges gives: its light and its cover. `away` from its middle, half its width and `pitch`,
// the size of an LED, are in one unit. No line is thinner than an LED and a half.
vec2 line_at(float away, float half_width, float pitch) {
    float thick = max(half_width, 0.75 * pitch);
    return clamp((vec2(thick, 2.2 * thick) - abs(away)) / pitch + 0.5, 0.0, 1.0);
}

// The label of a quarter (0, 90, -90, 180: the stage's pan, + to the left), `place` in cells to the right of and above
// its lower middle. `number` counts ticks to the right of +Y.
vec2 label_at(int number, vec2 place) {
    int digits = number == 0 ? 1 : number == -9 ? 2 : 3;
    float column = place.x + 0.5 * float(4 * digits - 1);
    int place_of = int(floor(column * 0.25));
    int from_right = digits - 1 - place_of;
    bool far = abs(number) > 9;
    int digit = from_right == 0 ? ZERO : from_right == 1 ? (far ? EIGHT : NINE) : (far ? ONE : MINUS);
    ivec2 cell = ivec2(int(floor(column)) - 4 * place_of, 4 - int(floor(place.y)));
    bool on_paper = column > -1.0 && column < float(4 * digits) && place.y > -1.0 && place.y < 6.0;
    bool on_digit = place_of >= 0 && place_of < digits && cell.x >= 0 && cell.x < 3 && cell.y >= 0 && cell.y < 5;
    bool inked = on_digit && ((digit >> (14 - 3 * cell.y - cell.x)) & 1) == 1;
    return vec2(float(inked), float(on_paper));
}

vec2 horizon_at(vec3 ray, float pitch) {
    vec2 angles = (panorama_place(ray, 0.5) - 0.5) * vec2(6.28318530718, -3.14159265359);
    vec2 lines = line_at(angles.y, LINE, pitch);
    float number = round(angles.x / STEP);
    bool quarter = mod(abs(number), 9.0) == 0.0;
    float aside = (angles.x - number * STEP) * cos(angles.y);
    float reach = clamp(((quarter ? 2.0 : 1.0) * TICK - abs(angles.y)) / pitch + 0.5, 0.0, 1.0);
    lines = max(lines, line_at(aside, LINE, pitch) * reach);
    vec2 place = vec2(aside, angles.y - 2.0 * TICK) / max(CELL, 1.5 * pitch) - vec2(0.0, 1.5);
    return quarter ? max(lines, label_at(int(number), place)) : lines;
}

// Where the ray meets the floor, z = 0. The grid fades where its squares become smaller than a few LEDs.
vec2 floor_at(vec3 eye, vec3 ray, float pitch) {
    if (eye.z <= 0.0 || ray.z >= 0.0) {
        return vec2(0.0);
    }
    float away = eye.z / -ray.z;
    vec2 place = eye.xy + away * ray.xy;
    vec2 slope = ray.xy / ray.z;
    vec2 size = pitch * away * length(ray) * sqrt(1.0 + slope * slope); // how far an LED reaches along x and y
    vec2 lines = vec2(0.0);
    for (int axis = 0; axis < 2; axis++) {
        float aside = place[axis] - round(place[axis]);
        vec2 one = line_at(aside, FLOOR_LINE_M * (abs(place[axis]) < 0.5 ? 2.0 : 1.0), size[axis]);
        lines = max(lines, one * clamp(2.0 - 8.0 * size[axis], 0.0, 1.0));
    }
    return lines;
}

// Light of the guide's lines, and how much of the LED the guide covers, as `eye` must see them.
vec2 guide_at(vec3 eye, vec4 led) {
    vec3 ray = led.xyz - eye;
    float pitch = max(led.a * inversesqrt(dot(ray, ray)), 1e-6);
    vec2 lines = horizon_at(ray, pitch);
    return guide > 1 ? max(lines, floor_at(eye, ray, pitch)) : lines;
}
#endif
