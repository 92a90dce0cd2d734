// Fog that thins with height, to the end of the air or to the ground.

#ifdef VEILED
Veil fog_veil(vec3 direction, bool up) {
    vec2 layer = up ? fog.xy : fog.zw;
    float depth = layer.x * inversesqrt(direction.z * direction.z + layer.y);
    float passing = exp(-depth);
    vec3 light = fog_light * (1.0 + 0.6 * direction.z) + fog_sun * haze_phase(dot(direction, main_light.xyz));
    return Veil(vec3(passing), passing, (1.0 - passing) * light);
}
#endif
