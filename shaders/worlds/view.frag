#version 410 core
// A view of a layer as a picture, filtered to its pixels. In alpha is the inverse distance of the light, or with COVER
// the layer's cover, for blending behind the layers before it.

#include "common/view_ray.glsl"
#include "common/blended.glsl"
#include "common/mends.glsl"

uniform float pixel_tangent; // the larger side of a pixel
uniform mat3 light_from_layer;

out vec4 light;

void main() {
    take_handed();
    vec3 ray = view_ray();
    vec4 seen = mended_light(eye, ray, pixel_tangent);
    seen.rgb = light_from_layer * seen.rgb;
#ifdef COVER
    light = blended(seen);
#else
    light = vec4(seen.rgb, layer_nearness(eye, ray));
#endif
}
