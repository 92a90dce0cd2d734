#version 410 core
// A view of a world's layer as a picture, filtered to its pixels, with the inverse distance of the light in alpha.

#include "common/view_ray.glsl"
#include "worlds/layer.glsl"

uniform float pixel_tangent; // the larger side of a pixel

out vec4 light;

void main() {
    vec3 ray = view_ray();
    vec3 seen = layer_light(eye, ray, pixel_tangent * inversesqrt(dot(ray, ray))).rgb;
    light = vec4(seen, layer_nearness(eye, ray));
}
