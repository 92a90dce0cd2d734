// The fixed stars, one at most in each cell of an octahedron that is unfolded to a square (render/worlds/sky/stars.py).

uniform sampler2D stars;         // a unit vector and its illuminance
uniform mat3 stars_from_stage;
uniform vec2 star_light;         // how much brighter than real; the mean light of the sky that they make, so much brighter

const float PI = 3.14159265359;
const float COARSE = 0.0045;     // footprints for which one star's light would reach beyond the next cell, radians

// Of one cell's star, what an LED shows of it towards a unit vector, and that times how cool it is. `nearness` is one over the
// square of how far a point's light reaches.
vec2 star_in(ivec2 cell, vec3 direction, float nearness) {
    vec4 star = texelFetch(stars, cell, 0);
    vec3 aside = direction - star.xyz;
    float share = max(1.0 - dot(aside, aside) * nearness, 0.0);
    float shown = star.w * share * share;
    return vec2(shown, shown * fract(917.0 * star.x + 331.0 * star.y));
}

vec3 starlight(vec3 towards, float footprint) {
    vec3 direction = stars_from_stage * towards;
    float fine = max(footprint, 1e-5);
    float nearness = 0.25 / (fine * fine);
    vec2 flat_place = direction.xy / (abs(direction.x) + abs(direction.y) + abs(direction.z));
    vec2 folded = (1.0 - abs(flat_place.yx)) * vec2(flat_place.x < 0.0 ? -1.0 : 1.0, flat_place.y < 0.0 ? -1.0 : 1.0);
    float cells = float(textureSize(stars, 0).x - 2); // and one more at each side
    ivec2 first = ivec2((0.5 + 0.5 * (direction.z < 0.0 ? folded : flat_place)) * cells + 0.5);
    vec2 found = star_in(first, direction, nearness) + star_in(first + ivec2(1, 0), direction, nearness);
    found += star_in(first + ivec2(0, 1), direction, nearness) + star_in(first + ivec2(1), direction, nearness);
    vec3 light = vec3(1.18, 0.98, 0.78) * found.x + vec3(-0.34, 0.02, 0.42) * found.y;
    light *= 3.0 / PI * nearness * star_light.x;
    return mix(light, vec3(star_light.y), smoothstep(0.7 * COARSE, COARSE, footprint));
}
