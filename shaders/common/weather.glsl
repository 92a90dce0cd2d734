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

#ifdef RAIN
// Cover of rain along a ray.
float rain_cover(vec3 eye, vec3 ahead, float level) {
    Leaning ray = leaning(eye, ahead, rain.zw);
    vec4 sets = clamp(4.0 * rain.x - vec4(0.0, 1.0, 2.0, 3.0), 0.0, 1.0);
    float left = 1.0;
    float radius = 6.0;
    float tiles = 5.0;
    float pace = 1.0;
    for (int shell = 0; shell < 2; shell++) {
        vec4 met = on_shell(ray, radius);
        vec2 place = vec2(met.x * tiles + pace, (met.y + rain.y * pace) / DROPS_M.y);
        left *= 1.0 - met.w * dot(sets, textureLod(drops, place, level + log2(met.z)));
        radius *= 2.4;
        tiles *= 2.4;
        pace -= 0.0625;
        sets = sets.wxyz;
    }
    return 1.0 - left;
}
#endif

#ifdef SNOW
// Cover of snow along a ray. Flakes sway as they fall.
float snow_cover(vec3 eye, vec3 ahead, float level) {
    Leaning ray = leaning(eye, ahead, snow.zw);
    vec3 sets = clamp(3.0 * snow.x - vec3(0.0, 1.0, 2.0), 0.0, 1.0);
    float left = 1.0;
    float radius = 6.0;
    float tiles = 5.0;
    float pace = 1.0;
    for (int shell = 0; shell < 2; shell++) {
        vec4 met = on_shell(ray, radius);
        float around = met.x * tiles;
        float fallen = met.y + snow.y * pace;
        float sway = wave(fallen * 0.3125 + snow.y * 0.390625 + 3.0 * around) * 0.016;
        vec2 place = vec2(around + sway + pace, fallen / FLAKES_M.y);
        left *= 1.0 - met.w * dot(sets, textureLod(flakes, place, level + log2(met.z)).rgb);
        radius *= 2.0;
        tiles *= 2.0;
        pace -= 0.125;
        sets = sets.zxy;
    }
    return 1.0 - left;
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
