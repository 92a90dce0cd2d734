// An equirectangular panorama along a ray, filtered to the footprint of what shows it. SPHERE puts it on a sphere around
// the stage's origin instead of at infinity.

#include "common/equirectangular.glsl"
#include "common/world_sphere.glsl"

uniform sampler2D panorama;
uniform float middle;            // where the picture is towards +Y, as a share of its width
uniform float texels_per_radian; // along elevation, where a texel has the same angle everywhere

// Light and cover along `ray` from `eye`; `footprint` is the angle, in radians, of the LED or pixel that shows it. The
// footprint needs no gradients, so the wrap column and the poles have no seam.
vec4 layer_light(vec3 eye, vec3 ray, float footprint) {
    float texels = texels_per_radian * footprint;
#ifdef SPHERE
    vec3 direction = direction_from_origin(eye, ray);
    vec3 reach = direction - eye;
    texels *= dot(reach, reach) / max(dot(direction, reach), 1e-6 * radius * radius);
    vec2 place = panorama_place(direction, middle);
#else
    vec2 place = panorama_place(ray, middle);
#endif
    return textureLod(panorama, place, log2(texels)); // its colours are multiplied by its alpha
}

// One over the distance to the light along `ray`; 0 at infinity.
float layer_nearness(vec3 eye, vec3 ray) {
#ifdef SPHERE
    return inverse_distance(eye, direction_from_origin(eye, ray));
#else
    return 0.0;
#endif
}
