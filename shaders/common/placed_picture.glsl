// A picture along a ray, filtered to the footprint of what shows it: `picture_at(place, level)`, which is declared before this
// file is included, gives its light at a share of its width and height. By itself it is a whole sphere at infinity that is
// only turned. PLACED adds every other placement of a sphere or of a part of one, NEAR its radius and ground, EDGED what is
// beyond the edges of a part, and with SHAPED that on a cylinder or a dome. PART is a film of a set that OTHERS overlap: flat, on whatever carries the set; PAIRED are two of them that differ in where they look alone. BENT is for
// eyes that see a moved horizon end, SEAM for that and a seam. PLANE is a flat picture. RELIEF marches into its depth map.

#define OF_PICTURE

#include "common/equirectangular.glsl"
#include "common/world_surface.glsl"
#include "common/picture_edges.glsl"
#include "common/film_lens.glsl"

#ifdef PART
#if OTHERS > 0
uniform mat3 other_from_this[OTHERS];
uniform vec4 other_edges[OTHERS];
uniform vec3 other_blends[OTHERS]; // and how much of its weight is in the sum
#endif

// The weight of a film towards a direction in its axes: 1 inside, 0 from its edges on.
float part_weight(vec3 direction, vec4 edges, vec2 blend) {
    vec2 tangents = direction.xz * (1.0 / max(direction.y, 1e-6));
    vec2 inside = clamp(min(tangents - edges.xy, edges.zw - tangents) * blend, 0.0, 1.0);
    return direction.y > 0.0 ? inside.x * inside.y : 0.0;
}
#endif

#if defined(PLACED)
// The angles of a placed sphere's light in its picture, and the spread there.
vec3 placed_angles(vec3 eye, vec3 ray) {
    Met met = met_by(eye, ray);
#ifdef RELIEF
    return vec3(met.direction.xz, met.spread);
#else
#if defined(SHAPED)
    vec2 angles = shaped_angles(in_layer(met.direction));
#else
    vec2 angles = panorama_angles(in_layer(met.direction));
#endif
#if defined(BENT) || defined(SEAM)
    angles.y += picture_bend.x * shifted_share(angles.y);
#endif
    return vec3(angles, met.spread);
#endif
}
#endif

#ifdef PART
// Where a film of a set is looked up towards a direction in its axes, and at which level; a width of 1 is spread so far.
vec3 part_place(vec3 direction, float spread, float width) {
    float ahead = 1.0 / max(direction.y, 1e-6);
    vec2 tangents = direction.xz * ahead;
#ifdef LENS
    tangents = lens_place(clamp(tangents, picture_edges.xy, picture_edges.zw));
#endif
    vec2 place = tangents * picture_place.xy + picture_place.zw;
    float texels = picture_detail.x * width * dot(direction, direction) * ahead * ahead * sqrt(spread);
    return vec3(inside(place, texels), level_of(texels * texels));
}

vec4 part_light(vec3 direction, float spread, float width) {
    vec3 place = part_place(direction, spread, width);
    return picture_at(place.xy, place.z);
}
#endif

// Light and cover along `ray` from `eye`; the LED or pixel that shows it is `width` wide at the end of the ray. What is seen
// of the picture there needs no gradients, so the wrap column and the poles have no seam. The colours of the picture are
// multiplied by its alpha.
#if defined(PART) && defined(PAIRED)
// Of two films that share the light here.
vec4 layer_light(vec3 eye, vec3 ray, float width) {
    Met met = met_by(eye, ray);
    vec3 direction = in_layer(met.direction);
    vec3 beside = beside_from_this * direction;
    vec2 weights = vec2(
        part_weight(direction, picture_edges, picture_bend), part_weight(beside, picture_edges, picture_bend));
    weights /= max(weights.x + weights.y, 1e-6);
    vec3 place = part_place(beside, met.spread, width);
    return weights.x * part_light(direction, met.spread, width) + weights.y * beside_at(place.xy, place.z);
}
#elif defined(PART)
vec4 layer_light(vec3 eye, vec3 ray, float width) {
    Met met = met_by(eye, ray);
    vec3 direction = in_layer(met.direction);
#if OTHERS == 0
    vec2 tangents = direction.xz * (1.0 / max(direction.y, 1e-6));
    vec2 within = min(tangents - picture_edges.xy, picture_edges.zw - tangents);
    float weight = direction.y > 0.0 && min(within.x, within.y) > 0.0 ? 1.0 : 0.0;
#else
    float own = part_weight(direction, picture_edges, picture_bend);
    float sum = own;
    for (int other = 0; other < OTHERS; other++) {
        vec3 blend = other_blends[other];
        sum += blend.z * part_weight(other_from_this[other] * direction, other_edges[other], blend.xy);
    }
    float weight = own / max(sum, 1e-6);
#endif
#ifdef RAY
    return weight * part_light(direction, met.spread, width);
#else
    // A loop of at most one turn, since it alone is left out where no pixel of a group sees the film. What it gives is added
    // up: some software drivers lose what a loop sets for those that leave it early.
    vec4 light = vec4(0.0);
    int turns = weight > 0.0 ? 1 : 0;
    while (turns > 0) {
        light += weight * part_light(direction, met.spread, width);
        turns--;
    }
    return light;
#endif
}
#elif defined(PLANE) && defined(INSIDE)
vec4 layer_light(vec3 eye, vec3 ray, float width) {
    Met met = met_by(eye, ray);
    float texels = picture_detail.x * width;
    vec2 place = in_layer(met.direction).xz * picture_place.xy + picture_place.zw;
    return picture_at(place, level_of(texels * texels * met.spread));
}
#elif defined(PLANE)
// Tangents, and so the blur beyond an edge, grow without end towards the side: what is farther has the mean.
vec4 layer_light(vec3 eye, vec3 ray, float width) {
#ifdef RELIEF
    shown_width = width;
#endif
    Met met = met_by(eye, ray);
    vec2 tangents = in_layer(met.direction).xz;
    vec2 beyond = max(picture_edges.xy - tangents, tangents - picture_edges.zw);
    float over = met.spread < MISSED ? max(max(beyond.x, beyond.y), 0.0) : MISSED;
    vec2 place = tangents * picture_place.xy + picture_place.zw;
    float texels = picture_detail.x * (width * sqrt(met.spread) + 0.5 * over);
    return covered(over) * picture_at(inside(mirrored(place), texels), log2(texels));
}
#elif defined(EDGED)
// The blur is half as wide as the light is far beyond an edge, and all around where nothing is farther.
vec4 layer_light(vec3 eye, vec3 ray, float width) {
#ifdef RELIEF
    shown_width = width;
#endif
    vec3 angles = placed_angles(eye, ray);
    vec2 beyond = vec2(0.0);
#if defined(SHAPED)
    // A dome ends in a circle, and is mirrored in it.
    angles.z *= shaped_stretch(angles.xy) * shaped_stretch(angles.xy);
    float away = length(angles.xy);
    beyond = vec2(picture_shape * max(away - picture_edges.z, 0.0));
    angles.xy *= beyond.x > 0.0 ? max(picture_edges.z - beyond.x, 0.0) / away : 1.0;
#endif
    vec2 place = angles.xy * picture_place.xy + picture_place.zw;
    float texels = picture_detail.x * width * sqrt(angles.z);
    beyond = max(max(picture_edges.xy - angles.xy, angles.xy - picture_edges.zw), beyond);
    vec2 squared = beyond * beyond;
    vec2 blurs = beyond * (0.5 + picture_bend * squared * squared);
    texels += picture_detail.x * max(blurs.x, blurs.y);
    float cover = covered(max(beyond.x, beyond.y));
    return cover * picture_at(inside(mirrored(place), texels), log2(texels));
}
#elif defined(SEAM)
// The edges show half of each other where they meet. Only LEDs near the seam are looked up twice: the loop ends as soon as
// no LED of a group needs it again.
vec4 layer_light(vec3 eye, vec3 ray, float width) {
    vec3 angles = placed_angles(eye, ray);
    float texels = picture_detail.x * width;
    float level = level_of(texels * texels * angles.z);
    vec2 place = angles.xy * picture_place.xy + picture_place.zw;
    float aside = 3.14159265359 - abs(angles.x);
    float share = 0.5 + 0.5 * smoothstep(0.0, picture_bend.y, aside);
    vec4 light = vec4(0.0);
    int turns = aside < picture_bend.y ? 2 : 1;
    do {
        light += share * picture_at(place, level);
        place.x = 1.0 - place.x;
        share = 1.0 - share;
        turns--;
    } while (turns > 0);
    return light;
}
#elif defined(PLACED)
vec4 layer_light(vec3 eye, vec3 ray, float width) {
#ifdef RELIEF
    shown_width = width;
#endif
    vec3 angles = placed_angles(eye, ray);
    float texels = picture_detail.x * width;
    return picture_at(angles.xy * picture_place.xy + picture_place.zw, level_of(texels * texels * angles.z));
}
#else
vec4 layer_light(vec3 eye, vec3 ray, float width) {
    float texels = turned.y * width;
    return picture_at(panorama_place(ray, turned.x), level_of(texels * texels / dot(ray, ray)));
}
#endif

// One over the distance to the light along `ray`; 0 at infinity.
float layer_nearness(vec3 eye, vec3 ray) {
    return met_by(eye, ray).nearness;
}
