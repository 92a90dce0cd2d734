// A layer's contrast about mid grey, 0.18, after the rest of its grade; with CONTRAST.

#ifdef CONTRAST
uniform mat3 layer_from_light;
uniform float contrast;

vec3 contrasted(vec3 light) {
    return 0.18 * pow(max(layer_from_light * light, 1e-6) * (1.0 / 0.18), vec3(contrast));
}
#else
vec3 contrasted(vec3 light) {
    return light;
}
#endif
