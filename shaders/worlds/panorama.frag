#version 410 core
// A view into an equirectangular panorama, filtered to the footprint of the pixel being drawn.

#include "common/view_ray.glsl"
#include "common/world_sphere.glsl"
#include "common/equirectangular.glsl"

uniform sampler2D panorama;
// Panorama texels under one pixel of the view, at the view's axis.
uniform float texels_on_axis;

out vec4 light;

// The footprint shrinks with the length of the ray. It is measured along elevation, where an equirectangular texel has
// the same angle everywhere, so that the wrap column and the poles need no gradients.
float level_of_detail(vec3 ray, vec3 direction) {
    float texels = texels_on_axis * inversesqrt(dot(ray, ray));
    if (radius > 0.0) {
        vec3 reach = direction - eye;
        texels *= dot(reach, reach) / max(dot(direction, reach), 1e-6 * radius * radius);
    }
    return log2(texels);
}

void main() {
    vec3 ray = view_ray();
    vec3 direction = direction_from_origin(eye, ray);
    vec3 seen = textureLod(panorama, panorama_place(direction), level_of_detail(ray, direction)).rgb;
    light = vec4(seen, inverse_distance(eye, direction));
}
