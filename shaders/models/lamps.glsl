// The lamps that stand in a model: KHR_lights_punctual, with its recommended fall to nothing at the range.

vec3 lamps_on(Surface surface, vec3 near_place) {
    vec3 sum = vec3(0.0);
    for (int lamp = 0; lamp < counts.x; lamp++) {
        vec4 place = lamps[3 * lamp];
        vec4 colour = lamps[3 * lamp + 1];
        vec4 shines = lamps[3 * lamp + 2];
        vec3 way = place.xyz - near_place;
        float squared = max(dot(way, way), 1e-6);
        vec3 towards = way * inversesqrt(squared);
        float share = squared * place.w * place.w; // (distance / range)^2
        float window = clamp(1.0 - share * share, 0.0, 1.0);
        float cone = clamp(shines.w - dot(shines.xyz, towards) * colour.w, 0.0, 1.0);
        sum += colour.rgb * (window * cone * cone / squared) * reflected(surface, towards);
    }
    return sum;
}
