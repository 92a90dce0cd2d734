// A panorama along a ray, filtered to the footprint of what shows it. By itself it is a whole sphere at infinity that is
// only turned. PLACED adds every other placement of a sphere or of a part of one, NEAR its radius and ground; PLANE is a
// flat picture.

#include "common/equirectangular.glsl"
#include "common/world_surface.glsl"
#include "common/picture_edges.glsl"

uniform sampler2D panorama;
uniform float texels_per_radian; // along elevation, where a texel has the same angle everywhere; in the middle of a plane

#if defined(PLACED) || defined(PLANE)
uniform mat3 layer_from_stage;   // rows: right, ahead, up of the picture
uniform vec2 middle;             // where the picture's axis is in it: a share of its width, and of its height
uniform vec2 place_from_angles;  // shares of width and height for a radian, or for a tangent
uniform float edge_texel;        // one over the picture's columns; 0 where it goes all around

// Textures repeat sideways: a look-up stays inside the edges of one that does not by as much as it is blurred.
vec4 light_at(vec2 place, float texels) {
    float inset = min(max(texels, 0.5) * edge_texel, 0.5);
    place.x = clamp(place.x, inset, 1.0 - inset);
    return textureLod(panorama, place, log2(texels));
}
#else
uniform float middle;            // where the picture is towards +Y, as a share of its width
#endif

#if defined(PLACED)
uniform float horizon_shift;     // radians by which a whole sphere is looked up higher, about its horizon
uniform float seam;              // radians to either side over which left and right edges are blended into each other

// By how much of the shift a row at this elevation moves: all up to 45 degrees, nothing at the poles. Its slope is at most
// 1.25 over 45 degrees, so that no two rows change places for a shift of up to 36.
float shifted_share(float elevation) {
    float ease = clamp(2.54647908947 * abs(elevation) - 3.0, -1.0, 1.0);
    float squared = ease * ease;
    return 0.5 - ease * (0.625 - 0.125 * squared * squared);
}
#endif

// Light and cover along `ray` from `eye`; `footprint` is the angle, in radians, of the LED or pixel that shows it. The
// footprint needs no gradients, so the wrap column and the poles have no seam. The colours of the picture are multiplied by
// its alpha. Loops that run once or never cost nothing where no LED nearby needs them, as on a software renderer `if` does.
#if defined(PLACED)
vec4 layer_light(vec3 eye, vec3 ray, float footprint) {
    Met met = met_by(eye, ray);
    footprint *= met.spread;
    vec2 angles = panorama_angles(layer_from_stage * met.direction);
    angles.y += horizon_shift * shifted_share(angles.y);
    float texels = texels_per_radian * footprint;
    float cover = 1.0;
    vec2 outside = max(picture_edges.xy - angles, angles - picture_edges.zw);
    for (float beyond = max(outside.x, outside.y); beyond > 0.0; beyond = 0.0) {
        Beyond found = beyond_edges(angles, picture_edges);
        angles = found.angles;
        texels += texels_per_radian * found.blur;
        cover = covered(found.angle, footprint);
    }
    vec2 place = middle + angles * place_from_angles;
    vec4 light = light_at(place, texels);
    float aside = (0.5 - abs(place.x - 0.5)) * 6.28318530718;
    for (float near_seam = seam - aside; near_seam > 0.0; near_seam = 0.0) {
        light = mix(light, light_at(vec2(1.0 - place.x, place.y), texels), 0.5 - 0.5 * smoothstep(0.0, seam, aside));
    }
    return cover * light;
}
#elif defined(PLANE)
vec4 layer_light(vec3 eye, vec3 ray, float footprint) {
    Met met = met_by(eye, ray);
    footprint *= met.spread;
    vec3 seen = layer_from_stage * met.direction;
    vec2 tangents = seen.xz / max(seen.y, 1e-6);
    float blur = 0.0;
    float cover = 1.0;
    vec2 outside = seen.y > 0.0 ? max(picture_edges.xy - tangents, tangents - picture_edges.zw) : vec2(1.0);
    for (float beyond = max(outside.x, outside.y); beyond > 0.0; beyond = 0.0) {
        vec2 angles = panorama_angles(seen);
        float sideways = atan(picture_edges.z);
        float across = cos(mirrored(angles.x, -sideways, sideways));
        vec2 heights = atan(across * picture_edges.yw);
        Beyond found = beyond_edges(angles, vec4(-sideways, heights.x, sideways, heights.y));
        tangents = tan(found.angles) / vec2(1.0, across);
        blur = found.blur;
        cover = covered(found.angle, footprint);
    }
    float texels = texels_per_radian * (footprint + blur) * (1.0 + dot(tangents, tangents));
    return cover * light_at(middle + tangents * place_from_angles, texels);
}
#else
vec4 layer_light(vec3 eye, vec3 ray, float footprint) {
    return textureLod(panorama, panorama_place(ray, middle), log2(texels_per_radian * footprint));
}
#endif

// One over the distance to the light along `ray`; 0 at infinity.
float layer_nearness(vec3 eye, vec3 ray) {
    return met_by(eye, ray).nearness;
}
