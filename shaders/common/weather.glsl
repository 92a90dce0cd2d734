// Rain, snow and dust before a world: light and cover along a ray; with WEATHER, and RAIN,
// SNOW or DUST for what there is. Drops and flakes stand on shells, cylinders
// around the stage's origin, so every eye sees them by true parallax. What is on a shell is baked into a texture
// (render/worlds/weather/patterns.py), read at the level of the LED's footprint, so that what is finer than an LED covers only
// a part of it. In wind the shells lean along the way that things fall: in their own frame everything falls straight down.
// The light is the world's own, from all around.

#include "common/handed.glsl"

#ifdef WEATHER
uniform sampler2D drops;       // cover of drops, in four sets that come one after the other as there is more rain
uniform sampler2D flakes;      // cover of flakes, in three sets; alpha: billows

const float LEAN_M = 1.5;      // where leaning shells are above the stage's origin
const vec2 DROPS_M = vec2(8.0, 8.0);   // the size of a texture on a shell, and that of a texel
const vec2 FLAKES_M = vec2(8.0, 4.0);
const float TEXEL_M = 0.0078125;
const vec3 OF_DUST = vec3(0.80, 0.68, 0.52);

// Share of a turn from +Y to the right, 0 to 1; within 0.004 rad, and continuous.
float turn_of(vec2 away) {
    vec2 side = abs(away);
    float ratio = min(side.x, side.y) / max(max(side.x, side.y), 1e-9);
    float turn = ratio * (0.16845 - 0.04345 * ratio);
    turn = side.x > side.y ? 0.25 - turn : turn;
    turn = away.y < 0.0 ? 0.5 - turn : turn;
    return away.x < 0.0 ? 1.0 - turn : turn;
}

// A wave of length 1 that is nearly a sine.
float wave(float place) {
    float half_turn = fract(place) * 2.0 - 1.0;
    return -4.0 * half_turn * (1.0 - abs(half_turn));
}

// A ray in the frame of shells that lean, in which things fall straight down.
struct Leaning {
    vec2 from;
    vec2 along;
    float height;  // of the eye
    float climb;   // of the ray
    float squared; // of `along`
    float towards;
    float aside;   // the square of the eye's distance from the axis
};

Leaning leaning(vec3 eye, vec3 ahead, vec2 slope) {
    vec2 from = eye.xy + slope * (eye.z - LEAN_M);
    vec2 along = ahead.xy + slope * ahead.z;
    float squared = max(dot(along, along), 1e-4);
    return Leaning(from, along, eye.z, ahead.z, squared, dot(from, along), dot(from, from));
}

// Where the ray meets a shell: turns around it, height, distance. An eye near a shell or outside of it sees nothing on it:
// `clear` is 0 there.
vec4 on_shell(Leaning ray, float radius) {
    float inside = radius * radius - ray.aside;
    float away = max(inside, 0.0) / max(ray.towards + sqrt(max(ray.towards * ray.towards + ray.squared * inside, 1e-9)), 1e-6);
    float clear = clamp(inside * 3.0 / (radius * radius), 0.0, 1.0);
    return vec4(turn_of(ray.from + away * ray.along), ray.height + away * ray.climb, away, clear);
}

// Cover of what falls, in one of two shells for each of `sets`: how much there is of each channel of `tiles`, which are so
// many metres high. The second shell is wider, and what falls there seems slower, by `beyond`. `sway` is how far it sways,
// in widths of a tile.
float falling_cover(sampler2D tiles, Leaning ray, float level, float fall, vec4 sets[2], vec2 beyond, float high_m, float sway) {
    float left = 1.0;
    float radius = 6.0;
    float across = 5.0;
    float pace = 1.0;
    for (int shell = 0; shell < 2; shell++) {
        vec4 met = on_shell(ray, radius);
        float around = met.x * across;
        float fallen = met.y + fall * pace;
        float swayed = sway * wave(fallen * 0.3125 + fall * 0.390625 + 3.0 * around);
        vec2 place = vec2(around + swayed + pace, fallen / high_m);
        left *= 1.0 - met.w * dot(sets[shell], textureLod(tiles, place, level + log2(met.z)));
        radius *= beyond.x;
        across *= beyond.x;
        pace -= beyond.y;
    }
    return 1.0 - left;
}

// How much there is of four sets that come one after the other; of three, the last never comes.
vec4 sets_of(float amount, float count) {
    return clamp(count * amount - vec4(0.0, 1.0, 2.0, 3.0), 0.0, 1.0);
}

#ifdef RAIN
float rain_cover(vec3 eye, vec3 ahead, float level) {
    vec4 sets = sets_of(rain.x, 4.0);
    vec4 shells[2] = vec4[2](sets, sets.wxyz);
    return falling_cover(drops, leaning(eye, ahead, rain.zw), level, rain.y, shells, vec2(2.4, 0.0625), DROPS_M.y, 0.0);
}
#endif

#ifdef SNOW
float snow_cover(vec3 eye, vec3 ahead, float level) {
    vec4 sets = sets_of(snow.x, 3.0);
    vec4 shells[2] = vec4[2](sets, sets.zxyw);
    return falling_cover(flakes, leaning(eye, ahead, snow.zw), level, snow.y, shells, vec2(2.0, 0.125), FLAKES_M.y, 0.016);
}
#endif

#ifdef DUST
// Cover of motes along a ray, and how thick the dust is behind them: two shells of each, that pass one another.
vec2 dust_cover(vec3 eye, vec3 ahead, float level) {
    float left = 1.0;
    float billows = 0.0;
    vec4 blown = dust;
    float radius = 6.0;
    for (int shell = 0; shell < 2; shell++) {
        vec4 met = on_shell(leaning(eye, ahead, blown.zw), radius);
        float detail = level + log2(met.z);
        vec2 place = vec2(met.x * 9.0, (met.y + blown.y) * (2.0 / FLAKES_M.y));
        left *= 1.0 - 0.5 * met.w * dust.x * textureLod(flakes, place + 0.31, detail + 1.0).r;
        billows += textureLod(flakes, vec2(met.x * 2.0, place.y * 0.09375), detail - 3.0).a - 0.5;
        blown *= vec4(1.0, -1.0, -1.0, -1.0);
        radius *= 1.6;
    }
    return vec2(1.0 - left, max(1.0 + 1.1 * billows, 0.25));
}
#endif

// Light, and how much it covers, of all that is before the world along a ray.
vec4 weather_at(vec3 eye, vec3 ray, float footprint) {
    vec3 ahead = normalize(ray);
    float level = log2(footprint * (1.0 / TEXEL_M));
    vec3 slope = light_around * ahead;
    vec3 behind = max(mean_light + 1.5 * slope, 0.1 * mean_light);
    vec3 softly = max(mean_light + 0.5 * slope, 0.1 * mean_light);
    vec3 above = max(mean_light + slope + 1.6 * light_around[2], 0.1 * mean_light);
    float snows = 0.0;
    float rains = 0.0;
    vec2 dusty = vec2(0.0);
#ifdef SNOW
    snows = snow_cover(eye, ahead, level);
#endif
#ifdef RAIN
    rains = rain_cover(eye, ahead, level);
#endif
#ifdef DUST
    dusty = dust_cover(eye, ahead, level);
#endif
    // Looking up there is less of what is too far to be seen one by one.
    vec2 depth = vec2(0.9 * snow.x * snow.x + 0.5 * rain.x * rain.x, 2.0 * dust.x * dust.x * dusty.y);
    float all = depth.x + depth.y;
    float veil = 1.0 - exp(-all * 0.35 / (0.35 + abs(ahead.z)));
    vec4 seen = snows * vec4(above, 1.0);
    seen += (1.0 - seen.a) * rains * vec4(behind, 1.0);
    seen += (1.0 - seen.a) * dusty.x * vec4(OF_DUST * above, 1.0);
    vec3 hazy = mix(softly, OF_DUST * behind, depth.y / max(all, 1e-6));
    return seen + (1.0 - seen.a) * veil * vec4(hazy, 1.0);
}
#endif
