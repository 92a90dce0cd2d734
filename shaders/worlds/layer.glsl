// Stands for the layer that a pass draws: the pass includes the file of the layer's kind in place of this one. By itself
// it is black.

vec4 layer_light(vec3 eye, vec3 ray, float width) {
    return vec4(0.0);
}

float layer_nearness(vec3 eye, vec3 ray) {
    return 0.0;
}
