#version 410 core
// A model's triangles before a view: each instance at its place, bent by joints and morphs, and what its light needs.

#include "models/scene.glsl"
#include "models/material.glsl"
#include "models/bending.glsl"
#include "models/around.glsl"

in vec3 position;
in vec3 normal;
in vec4 tangent;
in vec2 uv_0;
in vec2 uv_1;
in vec4 vertex_colour;

out vec3 near_place;
out vec3 handed_normal;
#if defined(VERTEX_COLOURS) || defined(CROWD)
out vec4 handed_colour;
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

#ifdef IRRADIANCE_HANDED
out vec3 handed_irradiance;
#endif

void main() {
    Bent bent = bent_vertex(position, normal, tangent.xyz);
    near_place = bent.place - eye.xyz;
    handed_normal = bent.normal;
#ifdef CROWD
#ifdef VERTEX_COLOURS
    handed_colour = vec4(tinted(vertex_colour), vertex_colour.a);
#else
    handed_colour = vec4(tinted(vec4(1.0)), 1.0);
#endif
#elif defined(VERTEX_COLOURS)
    handed_colour = vertex_colour;
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
    shadow_place = (shadow_from_near[0] * vec4(near_place, 1.0)).xyz;
#endif
#endif
#ifdef IRRADIANCE_HANDED
    handed_irradiance = irradiance_towards(bent.normal);
#endif
    gl_Position = clip_from_near * vec4(near_place, 1.0);
}
