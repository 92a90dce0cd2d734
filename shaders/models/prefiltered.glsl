// Light from all around as cube maps, the fullest form: blurred by roughness from level to level, and as irradiance.

uniform samplerCube mirrored_around;
uniform samplerCube irradiance_around;
uniform sampler2D split_sums;

vec3 mirrored_at(vec3 way, float roughness) {
    return textureLod(mirrored_around, way, roughness * sun_light.w).rgb;
}

vec3 irradiance_at(vec3 way) {
    return textureLod(irradiance_around, way, 0.0).rgb + lamps_towards(way);
}

vec2 split_sum_at(float roughness, float facing_eye) {
    vec2 size = vec2(textureSize(split_sums, 0));
    return textureLod(split_sums, (vec2(facing_eye, roughness) * (size - 1.0) + 0.5) / size, 0.0).rg;
}
