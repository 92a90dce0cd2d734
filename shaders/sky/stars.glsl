// The fixed stars, one at most in each cell of an octahedron that is unfolded to a square (render/worlds/sky/stars.py).

uniform sampler2D stars;         // a unit vector and its illuminance
uniform mat3 stars_from_stage;
uniform vec2 star_light;         // how much brighter than real; the mean light of the sky that they make, so much brighter

const float PI = 3.14159265359;
const float COARSE = 0.0045;     // footprints for which one star's light would reach beyond the next cell, radians

// Light of one cell's star, of what an LED shows towards a unit vector. `dome` is squared: how far a point's light reaches.
vec3 star_in(ivec2 cell, int cells, vec3 direction, float dome) {
    bool beside = cell.x < 0 || cell.x >= cells;
    bool beyond = cell.y < 0 || cell.y >= cells;
    cell = clamp(cell, ivec2(0), ivec2(cells - 1));
    cell.y = beside ? cells - 1 - cell.y : cell.y; // over an edge of the square the octahedron goes on at its other half
    cell.x = beyond ? cells - 1 - cell.x : cell.x;
    vec4 star = texelFetch(stars, cell, 0);
    vec3 aside = direction - star.xyz;
    float share = max(1.0 - dot(aside, aside) / dome, 0.0);
    float cool = fract(917.0 * star.x + 331.0 * star.y);
    return star.w * share * share * (vec3(1.18, 0.98, 0.78) + cool * vec3(-0.34, 0.02, 0.42));
}

vec3 starlight(vec3 towards, float footprint) {
    vec3 direction = stars_from_stage * towards;
    float fine = max(footprint, 1e-5);
    float dome = 4.0 * fine * fine;
    vec2 flat_place = direction.xy / (abs(direction.x) + abs(direction.y) + abs(direction.z));
    vec2 folded = (1.0 - abs(flat_place.yx)) * vec2(flat_place.x < 0.0 ? -1.0 : 1.0, flat_place.y < 0.0 ? -1.0 : 1.0);
    int cells = textureSize(stars, 0).x;
    ivec2 first = ivec2(floor((0.5 + 0.5 * (direction.z < 0.0 ? folded : flat_place)) * float(cells) - 0.5));
    vec3 light = star_in(first, cells, direction, dome) + star_in(first + ivec2(1, 0), cells, direction, dome);
    light += star_in(first + ivec2(0, 1), cells, direction, dome) + star_in(first + ivec2(1), cells, direction, dome);
    return mix(light * (3.0 / (PI * dome)) * star_light.x, vec3(star_light.y), smoothstep(0.7 * COARSE, COARSE, footprint));
}
