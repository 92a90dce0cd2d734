#version 410 core
// A model's triangles before a view: each instance at its place, bent by joints and morphs, and what its light needs.

#include "models/scene.glsl"
#include "models/material.glsl"
#include "models/bending.glsl"
#include "models/around.glsl"
#include "models/handed_light.glsl"

in vec3 position;
in vec3 normal;
in vec4 tangent;
in vec2 uv_0;
in vec2 uv_1;
in vec4 vertex_colour;

#ifdef LIGHT_HANDED
out vec3 handed_around;
out vec3 handed_sun;
#else
out vec3 near_place;
out vec3 handed_normal;
#endif
#ifdef HAS_COLOURS
out vec4 handed_colour;
#endif
#ifdef LIT_POOLS
flat out vec3 handed_pools;
#endif
#ifdef SHINES_HANDED
flat out vec4 handed_shine;
#endif
#ifdef NORMAL_MAP
out vec4 handed_tangent;
#endif
#ifdef MAPS
out vec2 place;
#endif
#ifdef MAPS_APART
out vec4 more_places;
out vec4 most_places;
#endif
#ifdef SHADOWED
#ifndef FULL
out vec3 shadow_place;
#endif
#endif

#if defined(IRRADIANCE_HANDED) && !defined(LIGHT_HANDED)
out vec3 handed_irradiance;
#endif

void main() {
    Bent bent = bent_vertex(position, normal, tangent.xyz);
    vec3 near = bent.place - eye.xyz;
    vec4 colour = vec4(1.0);
#ifdef VERTEX_COLOURS
    colour = vertex_colour;
#endif
#ifdef CROWD
    colour.rgb = tinted(colour);
#endif
#ifdef HAS_COLOURS
    handed_colour = vec4(base_colour.rgb * colour.rgb, colour.a);
#endif
#ifdef LIGHT_HANDED
    handed_around = ONE_OVER_PI * (irradiance_towards(bent.normal) + lamps_beside(colour.a));
    handed_sun = (ONE_OVER_PI * max(dot(bent.normal, sun_towards.xyz), 0.0)) * sun_light.rgb;
#ifdef COLOUR_HANDED
    vec3 own = acescg(base_colour.rgb * colour.rgb);
    handed_around *= own;
    handed_sun *= own;
#endif
#else
    near_place = near;
    handed_normal = bent.normal;
#ifdef IRRADIANCE_HANDED
    handed_irradiance = irradiance_towards(bent.normal);
#endif
#endif
#ifdef LIT_POOLS
    handed_pools = clamp(20.0 * (eye.w - 0.25), 0.0, 1.0) * acescg(emitted.rgb);
#endif
#ifdef SHINES_HANDED
    handed_shine = vec4(emitted.rgb, eye.w);
#endif
#ifdef NORMAL_MAP
    handed_tangent = vec4(bent.tangent, tangent.w);
#endif
#ifdef MAPS
    place = map_place(0, uv_0, uv_1);
#endif
#ifdef MAPS_APART
    more_places = vec4(map_place(1, uv_0, uv_1), map_place(2, uv_0, uv_1));
    most_places = vec4(map_place(3, uv_0, uv_1), map_place(4, uv_0, uv_1));
#endif
#ifdef SHADOWED
#ifndef FULL
    shadow_place = (shadow_from_near[0] * vec4(near, 1.0)).xyz;
#endif
#endif
    gl_Position = clip_from_near * vec4(near, 1.0);
}
