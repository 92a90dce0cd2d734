// A picture with a depth map is a relief: rays march into it. Everything is in the axes of the picture, from the place that it
// is looked up from, and runs on `near`, one over the distance from the eye. The ray is where `ahead + near * aside` points:
// so the whole ray is a short arc of the map, from the nearest light there may be to infinity, and over a plane what the map
// holds and what the ray has differ by a straight line in `near`. The levels of the map hold the largest and the smallest
// number around each texel, and whether depth jumps there (render/assets/depth_levels.py).

#if defined(RELIEF)
const float CLOSE = 0.05; // texels: how exact a hit is from where a step was taken, and from where none was
const float LAST_STEP = 1.0;
const float WIDEST = 1.5; // texels that a part of the ray goes through at its level
const float JUMP = 0.05;  // where a step ends so much nearer than it began, depth has jumped
const int MOST_TURNS = 48;
const int MOST_STEPS = 5;
const int MOST_HALVES = 8;

float shown_width = 0.0; // of the LED or pixel that shows it, at the end of the ray: given by who asks for its light

struct Ray {
    vec3 ahead; // a unit vector
    vec3 aside; // where the eye is
    float beside; // texels of the map beside which a place has nothing in it of what is there
    float rate; // how far the ray goes in the map for a step of `near`, in texels, before what its place there adds
};

// A place of the ray in the picture: its angles or tangents, its share of width and height, what depth is measured by, and
// texels for a step of `near`.
struct Place {
    vec2 angles;
    vec2 at;
    float measure;
    float rate;
};

float held_nearness(float held) {
#if defined(DARK)
    return (relief_scale.x + relief_scale.y * held) / (relief_scale.z + relief_scale.w * held);
#else
    return relief_scale.x + relief_scale.y * held;
#endif
}

// What `near` is at least and at most.
vec2 near_range(Ray ray) {
    vec2 range = vec2(held_nearness(relief_ends.y), held_nearness(relief_ends.x));
#if defined(PLANE)
    return ray.ahead.y * range / max(1.0 - ray.aside.y * range, 0.05);
#else
    float away = length(ray.aside);
    return range / max(1.0 + vec2(away, -away) * range, 0.05);
#endif
}

Place relief_place(Ray ray, float near) {
    vec3 seen = ray.ahead + near * ray.aside;
#if defined(PLANE)
    float measure = seen.y;
    float steps = 1.0 / max(seen.y, 1e-6);
    vec2 angles = seen.xz * steps;
    float rate = ray.rate * steps * steps;
#else
    float level = dot(seen.xy, seen.xy);
    float squared = level + seen.z * seen.z;
    float measure = sqrt(squared);
#if defined(SHAPED)
    vec2 angles = shaped_angles(seen);
    float rate = ray.rate / squared * (picture_shape > 0.5 ? shaped_stretch(angles) : squared / max(level, 0.0004 * squared));
#else
    vec2 angles = panorama_angles(seen);
    float rate = ray.rate * inversesqrt(squared * max(level, 0.0004 * squared));
#endif
#if defined(BENT)
    angles.y += picture_bend.x * shifted_share(angles.y);
#endif
#endif
    vec2 at = angles * picture_place.xy + picture_place.zw;
#if defined(PLANE) || defined(EDGED)
    at.x = picture_detail.y > 0.0 ? clamp(at.x, 0.0, 0.99999) : at.x; // the texture repeats sideways
#endif
    return Place(angles, at, measure, rate);
}

// The level at which so many texels are one or two.
int level_for(float texels) {
    return clamp((floatBitsToInt(texels * (1.0 / WIDEST)) >> 23) - 126, 1, relief_size.z - 1);
}

// How far the relief is before the ray at a place of it, as a step of `near`: below 0 the ray is still before the relief.
float before_ray(Place place, float near) {
    return place.measure * held_nearness(textureLod(relief, place.at, 0.0).r) - near;
}

// Where the ray meets the relief: its angles or tangents in the picture, and how near that is. The last step is not looked up,
// but taken along the line of the one before. A software renderer gives up what a pixel had when it left a loop unless the
// next turn would need it: so what is used after a loop is always carried from turn to turn.
#if defined(JUMPS)
// What is asked of the map: what a part of the ray may meet; whether the ray is behind the relief where a part of a few texels
// ends, and where in that it comes behind; where it meets a relief without jumps; and nothing more.
const int PART = 0;
const int BEHIND = 1;
const int SMOOTH = 2;
const int FOUND = 3;

// What a texel of a level holds. The map repeats sideways, as the texture does.
vec3 held_at(vec2 at, int level) {
    ivec2 size = max(relief_size.xy >> level, ivec2(1));
    ivec2 texel = ivec2(floor(vec2(fract(at.x), at.y) * vec2(size)));
    return texelFetch(relief, clamp(texel, ivec2(0), size - 1), level).rgb;
}

// A part of the ray is halved only where depth jumps in it. A ray that comes behind the nearer side of a jump sees the farther
// side there. A software renderer goes through all that is in a loop for every pixel: each question has one of its own, and
// whoever finds nothing after all begins again with the next part.
vec3 met_relief(Ray ray) {
    vec2 range = near_range(ray);
    float away = length(ray.aside);
    float close = range.y;
    float end = range.x;
    float now = 0.5 * (end + close);
    float wide = close - end;
    float change = 0.0;
    float over_before = 0.0;
    vec2 angles = vec2(0.0);
    vec2 moved = vec2(0.0);
    int asked = PART;
    int turns = MOST_TURNS;
    do {
        do {
            float middle = 0.5 * (end + close);
            Place place = relief_place(ray, middle);
            wide = close - end;
            float texels = wide * place.rate;
            vec3 held = held_at(place.at, level_for(texels));
            float nearness = held_nearness(held.r);
            float nearest = (place.measure + 0.5 * wide * away) * nearness;
            bool is_clear = nearest < end;
            int next = is_clear ? PART : held.b == 0.0 ? SMOOTH : texels <= 2.0 * WIDEST ? BEHIND : PART;
            asked = wide >= 0.0 ? next : asked;
            angles = wide >= 0.0 ? place.angles : angles;
            close = is_clear ? end : min(close, nearest);
            float guess = 0.5 * place.measure * (nearness + held_nearness(held.g));
            now = wide >= 0.0 ? (next == SMOOTH ? clamp(guess, end, close) : end) : now;
            end = next == PART ? max(close - (is_clear ? 2.0 * wide : 0.5 * (close - end)), range.x) : end;
            turns = close <= range.x ? 0 : turns - 1;
        } while (asked == PART && turns > 0);
        change = 0.0;
        moved = vec2(0.0);

        int steps = asked == SMOOTH && turns > 0 ? MOST_HALVES : 0;
        while (steps > 0) {
            Place place = relief_place(ray, now);
            float over = before_ray(place, now);
            bool is_first = steps == MOST_HALVES; // what was asked before was no place of the relief
            vec2 went = place.angles - angles;
            float per_change = !is_first && abs(change) * place.rate > CLOSE ? 1.0 / change : 0.0;
            float slope = per_change == 0.0 ? -1.0 : clamp((over - over_before) * per_change, -8.0, -0.125);
            moved = abs(went.x) < 1.0 ? per_change * went : moved;
            angles = wide >= 0.0 ? place.angles : angles;
            change = clamp(now - over / slope, end, close) - now;
            bool is_met = abs(change) * place.rate < (is_first ? CLOSE : LAST_STEP);
            bool is_beyond = is_met && over < 0.0 && now + change <= end && end > range.x;
            over_before = over;
            now += change;
            asked = is_beyond ? PART : asked;
            close = is_beyond ? end : close;
            end = is_beyond ? max(end - wide, range.x) : end;
            steps = is_met ? 0 : steps - 1;
            turns--;
        }

        int halves = asked == BEHIND && turns > 0 ? MOST_HALVES : 0;
        while (halves > 0) {
            Place place = relief_place(ray, now);
            float over = place.measure * held_nearness(held_at(place.at, 0).r) - now;
            bool is_met = over >= 0.0;
            bool is_passed = !is_met && halves == MOST_HALVES;
            bool is_found = asked == FOUND;
            angles = wide >= 0.0 ? place.angles : angles;
            end = is_met && !is_found ? now : end;
            close = is_met || is_found ? close : now;
            over_before = is_met && !is_found ? over : over_before;
            float aside = over_before > JUMP * close ? ray.beside / place.rate : 0.0;
            bool is_last = halves == 2;
            asked = is_passed ? PART : is_last ? FOUND : asked;
            turns = is_found || (is_passed && close <= range.x) ? 0 : turns - 1;
            end = is_passed ? max(close - wide, range.x) : end;
            now = is_found ? now : is_last ? close + aside : 0.5 * (end + close);
            halves = is_passed || is_found ? 0 : halves - 1;
        }
    } while (asked == PART && turns > 0);
    return vec3(angles + change * moved, now);
}
#else
vec3 met_relief(Ray ray) {
    vec2 range = near_range(ray);
    float now = 0.5 * (range.x + range.y);
    Place first = relief_place(ray, now);
    vec2 angles = first.angles;
    float rate = first.rate;
    float over = before_ray(first, now);
    float change = clamp(now + over, range.x, range.y) - now;
    vec2 moved = vec2(0.0);
    int steps = MOST_STEPS;
    do {
        now += change;
        Place place = relief_place(ray, now);
        float later = before_ray(place, now);
        float per_change = abs(change) * rate > CLOSE ? 1.0 / change : 0.0;
        float slope = per_change == 0.0 ? -1.0 : clamp((later - over) * per_change, -8.0, -0.125);
        vec2 went = place.angles - angles;
        moved = abs(went.x) < 1.0 ? per_change * went : moved; // not across the seam
        angles = place.angles;
        over = later;
        change = clamp(now - over / slope, range.x, range.y) - now;
        steps = abs(change) * rate > LAST_STEP ? steps - 1 : 0;
    } while (steps > 0);
    return vec3(angles + change * moved, now + change);
}
#endif

// A ray that misses the plane goes on to infinity, and its footprint spreads over all of the picture.
const float MISSED = 1e16;

Met met_by(vec3 eye, vec3 ray) {
    float scale = inversesqrt(dot(ray, ray));
#ifdef AIMED
    vec3 ahead = scale * ray;
    vec3 aside = eye - surface.xyz;
#else
    vec3 ahead = layer_from_stage * (scale * ray);
    vec3 aside = layer_from_stage * (eye - surface.xyz);
#endif
    float texels = abs(picture_place.y) * float(relief_size.y);
    float beside = 1.0 + texels * (1.0 / picture_detail.x + 1.5 * shown_width * scale);
#if defined(PLANE)
    bool meets = ahead.y > 1e-4;
    Ray marching = Ray(ahead, aside, beside, texels * length(ahead.xz * aside.y - aside.xz * ahead.y));
    vec3 met = met_relief(marching);
    float wide = scale / max(ahead.y + met.z * aside.y, 1e-6);
    vec3 tangents = vec3(met.x, 1.0, met.y);
    return Met(meets ? tangents : ahead, meets ? met.z : 0.0, meets ? wide * wide * dot(tangents, tangents) : MISSED);
#else
    vec3 across = cross(ahead, aside);
    Ray marching = Ray(ahead, aside, beside, texels * length(across));
    vec3 met = met_relief(marching);
    vec3 seen = ahead + met.z * aside;
    return Met(vec3(met.x, 1.0, met.y), met.z, scale * scale / dot(seen, seen));
#endif
}
#endif
