// Light from all around as nine spherical harmonics of irradiance (Ramamoorthi and Hanrahan, "An Efficient Representation for
// Irradiance Environment Maps", SIGGRAPH 2001), also for reflections, as far as so few can show them.

const float ONE_OVER_PI = 0.318309886184;
const float DEGREE_0 = 0.282094792;
const float DEGREE_1 = 0.488602512;
const float DEGREE_2 = 1.092548431;

vec3 first_degree(vec3 way) {
    return DEGREE_1 * (irradiance[1].rgb * way.y + irradiance[2].rgb * way.z + irradiance[3].rgb * way.x);
}

vec3 second_degree(vec3 way) {
    vec3 sum = irradiance[4].rgb * (way.x * way.y) + irradiance[5].rgb * (way.y * way.z) + irradiance[7].rgb * (way.x * way.z);
    sum += irradiance[6].rgb * (0.8660254 * way.z * way.z - 0.2886751);
    return DEGREE_2 * (sum + irradiance[8].rgb * (0.5 * (way.x * way.x - way.y * way.y)));
}

// Lamps stand above figures, and windows beside them.
vec3 lamps_towards(vec3 way) {
#ifdef CROWD
    return dusk_light.rgb * (0.6 + 0.4 * way.z);
#else
    return vec3(0.0);
#endif
}

// What lamps light of a corner, as its alpha says (render/models/lamp_light.py).
vec3 lamps_beside(float share) {
#ifdef LAMPLIT
    return (4.5 * share) * dusk_light.rgb;
#else
    return vec3(0.0);
#endif
}

vec3 irradiance_towards(vec3 way) {
    vec3 sum = DEGREE_0 * irradiance[0].rgb + first_degree(way) + second_degree(way);
    return dusk_light.w * max(sum, 0.0) + lamps_towards(way);
}

// Irradiance is light times pi and 2 pi / 3 by degree; a lobe of this roughness keeps less of the first. Two degrees: in
// software a third costs as much as the rest of the light from around.
vec3 mirrored_nearly(vec3 way, float alpha) {
    float kept = 1.0 / (1.0 + 2.0 * alpha); // of the first degree, fitted to the lobe's mean cosine
    return max(DEGREE_0 * irradiance[0].rgb + (1.5 * kept) * first_degree(way), 0.0) * (0.318309886184 * dusk_light.w);
}
