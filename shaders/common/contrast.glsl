// A layer's contrast about mid grey, 0.18, after the rest of its grade; with CONTRAST. Light is multiplied by its cover.

#ifdef CONTRAST
uniform mat3 layer_from_light;
uniform float contrast;

vec4 contrasted(vec4 light) {
    vec3 whole = layer_from_light * light.rgb / max(light.a, 1e-6);
    return vec4(light.a * 0.18 * pow(max(whole, 1e-6) * (1.0 / 0.18), vec3(contrast)), light.a);
}
#else
vec4 contrasted(vec4 light) {
    return light;
}
#endif
