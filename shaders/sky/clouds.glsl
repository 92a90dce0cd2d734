// One layer of clouds on a sphere around the earth, seen from below: a field whose peaks are clouds, read twice at scales
// that never meet again, at the level of the LED's footprint. What a level has lost of the field's spread widens the edges
// instead, so that far clouds become their own mean and nothing shimmers. Needs phase.glsl.

#ifdef VEILED
uniform sampler2D cloud_field; // render/worlds/sky/cloud_field.py

const float EARTH_M = 6360000.0;
const vec2 CLOUD_TILE_M = vec2(23000.0, 6100.0);
const vec2 CLOUD_SHARE = vec2(0.85, 0.52);    // of both readings; their squares sum up to 1
const mat2 CLOUD_TURN = mat2(0.8, 0.6, -0.6, 0.8);
const float CLOUD_SPREAD = 8.0;
const float CLOUD_SLOPE_M = 539.0625;         // over which the field's slopes are given: 12 texels
const float CLOUD_DEEP_M = 500.0;             // how deep a cloud of a depth of 1 in deviations is, about

// What is before the air's light along a ray.
struct Veil {
    vec3 air;      // how much is left of the light of the air
    float passing; // and of light from outside the air
    vec3 light;    // what is added
};

// Both readings of the field where a footprint of `level` shows it, and the slopes of the first; in deviations.
vec4 field_at(vec2 place, vec2 level) {
    vec2 first = place * (1.0 / CLOUD_TILE_M.x) + cloud_place.xy;
    vec2 second = CLOUD_TURN * place * (1.0 / CLOUD_TILE_M.y) + cloud_place.zw;
    vec3 large = textureLod(cloud_field, first, level.x).rba;
    float small = textureLod(cloud_field, second, level.y).g;
    return (vec4(large.x, small, large.yz) - 0.5) * CLOUD_SPREAD;
}

// How high a cloud reaches where the field is `above` its threshold; it begins smoothly over a width on both sides.
float cloud_height(float above, vec2 width) {
    float begun = clamp(above * width.y + 1.0, 0.0, 2.0);
    return width.x * 0.25 * begun * begun + max(above - width.x, 0.0);
}

// The square of what both readings have lost of their spread.
float lost_spread(vec2 level) {
    vec2 lost = clamp(level * vec2(0.1724, 0.147) - vec2(0.552, 0.294), 0.0, 1.0);
    return dot(CLOUD_SHARE * CLOUD_SHARE, lost * lost * (3.0 - 2.0 * lost));
}

// What is left of light from outside the air behind clouds: of the sun's disc, say.
struct Seen {
    vec2 place;
    vec2 level;
    vec2 width;  // of edges, and one over it
    float steep; // one over the spread that this level has lost
};

Seen cloud_seen(vec3 direction, float footprint) {
    float down = EARTH_M * direction.z;
    float away = cloud_air.x / max(down + sqrt(down * down + cloud_air.x), 1.0);
    float slant = (down + away) / (EARTH_M + cloud_shape.w);
    float wide = footprint * away / max(slant, 0.02);
    vec2 level = log2(wide * 512.0 / CLOUD_TILE_M);
    level = max(level, 0.0);
    float lost = lost_spread(level);
    float width = sqrt(cloud_shape.y * cloud_shape.y + 2.56 * lost);
    return Seen(direction.xy * away, level, vec2(width, 1.0 / width), 0.31 * inversesqrt(lost + 1e-4));
}

// The main light at the clouds: nearer to where it rises it is higher, and farther from there lower, by up to a degree.
vec3 light_on_clouds(vec2 place) {
    float ahead = clamp(dot(place, main_heading) * cloud_air.y, -1.0, 1.0);
    return ahead < 0.0 ? mix(cloud_light[1], cloud_light[0], -ahead) : mix(cloud_light[1], cloud_light[2], ahead);
}

// What thick clouds let through of what falls on them: scattered many times, forward.
float diffused(float depth) {
    return 1.0 / (1.0 + 0.1 * depth);
}

Veil cloud_veil(vec3 direction, float level, float footprint) {
    Seen seen = cloud_seen(direction, footprint);
    vec4 field = field_at(seen.place, seen.level);
    float above = dot(field.xy, CLOUD_SHARE) - cloud_shape.x;
    // The share of what the footprint has of clouds, and how deep they are there.
    float share = clamp(0.5 + (above + cloud_shape.y) * seen.steep, 0.0, 1.0);
    share = max(share * share * (3.0 - 2.0 * share), 1e-3);
    float thick = cloud_shape.z / share;
    float depth = thick * cloud_height(above, seen.width);
    // Towards the light: how much cloud that light has to come through.
    float rise = main_light.z;
    float aside = CLOUD_DEEP_M * inversesqrt(rise * rise + 0.04);
    float beside = above + CLOUD_SHARE.x * aside / CLOUD_SLOPE_M * dot(main_heading, field.zw);
    float shading = mix(depth, thick * cloud_height(beside, seen.width), 0.65);

    float thin = exp(-depth);
    float cover = share * (1.0 - thin);
    float passing = 1.0 - cover;
    float cosine = dot(direction, main_light.xyz);
    vec3 sun = light_on_clouds(seen.place);
    float high = max(rise, 0.0);
    float through = diffused(shading);
    // A low sun lights what faces it, and the undersides aslant.
    float low = clamp(1.0 - abs(rise - 0.02) * 5.0, 0.0, 1.0);
    float facing = 0.5 - 0.5 * dot(direction.xy, main_heading) / max(level, 1e-3) * min(level * 2.0, 1.0);
    float aslant = (0.06 + 0.12 * facing + 0.10 * low) * through * through;
    // What thin clouds scatter goes on forward; that is the glow.
    vec3 lit = sun * (high * through * (1.0 - 0.9 * thin) + aslant * (1.0 - high)) * 0.31830988618;
    vec3 skylit = cloud_sky * (0.25 + 0.75 * through) * 0.31830988618;
    vec3 bounced = cloud_ground * 0.31830988618;
    vec3 glow = sun * haze_phase(cosine * 0.96) * thin * cover;
    vec3 light = cover * (lit + skylit + bounced) + glow;

    // The air before the clouds, as a share of all that is on the ray (air mass: after G. Rozenberg, 1966).
    float up = max(direction.z, 0.0);
    vec3 all = air_depth / (up + 0.025 / (1.0 + 11.0 * up + 60.0 * up * up));
    vec3 before = exp(-all * cloud_air.z);
    vec3 nearer = (1.0 - before) / max(1.0 - exp(-all), 1e-6);
    // The air below clouds has only the light that they leave it.
    return Veil(cloud_air.w * nearer + (1.0 - nearer) * passing, passing, before * light);
}
#endif
