#version 410 core
// The light that a model's surface sends to the eye: ACEScg with alpha multiplied in, and alpha.

#include "models/scene.glsl"
#include "models/material.glsl"
#include "models/around.glsl"
#include "models/brdf.glsl"
#include "models/prefiltered.glsl"
#include "models/shadows.glsl"
#include "models/lamps.glsl"
#include "models/handed_light.glsl"

#ifdef LIGHT_HANDED
in vec3 handed_around;
in vec3 handed_sun;
#else
in vec3 near_place;
in vec3 handed_normal;
#endif
#ifdef HAS_COLOURS
in vec4 handed_colour;
#endif
#ifdef LIT_POOLS
flat in vec3 handed_pools;
#endif
#ifdef SHINES_HANDED
flat in vec4 handed_shine; // what is emitted; how dark it is
#endif
#ifdef NORMAL_MAP
in vec4 handed_tangent;
#endif
#ifdef MAPS
in vec2 place;
#endif
#ifdef MAPS_APART
in vec4 more_places;
in vec4 most_places;
#define METAL_ROUGH_PLACE more_places.xy
#define NORMAL_PLACE more_places.zw
#define OCCLUSION_PLACE most_places.xy
#define EMITTED_PLACE most_places.zw
#else
#define METAL_ROUGH_PLACE place
#define NORMAL_PLACE place
#define OCCLUSION_PLACE place
#define EMITTED_PLACE place
#endif
#ifdef SHADOWED
#ifndef FULL
in vec3 shadow_place;
#endif
#endif

#if defined(IRRADIANCE_HANDED) && !defined(LIGHT_HANDED)
in vec3 handed_irradiance;
#endif

uniform sampler2D colour_map;
uniform sampler2D metal_rough_map;
uniform sampler2D normal_map;
uniform sampler2D occlusion_map;
uniform sampler2D emitted_map;

out vec4 light;

// Of a sample of a picture of colours.
vec4 decoded(vec4 code) {
#ifdef ROOTS
    code.rgb *= code.rgb;
#endif
    return code;
}

#ifdef FRONT
const vec3 GLASS = vec3(0.718, 0.935, 1.283); // what is dark on a wall is glass
const vec3 COOL = vec3(0.752, 0.831, 1.0);    // lamps behind it
const vec3 WARM = vec3(1.0, 0.515, 0.156);
vec4 front; // how bright the wall is, how bright lamps behind windows, how warm these, how dark it must be for them
#endif

vec4 own_colour() {
#ifdef HAS_COLOURS
    vec4 colour = handed_colour;
#if defined(MASK) || defined(BLEND)
    colour.a *= base_colour.a;
#endif
#else
    vec4 colour = base_colour;
#endif
#ifdef FRONT
    front = decoded(texture(colour_map, place));
    colour.rgb *= front.r * mix(GLASS, vec3(1.0), clamp(12.0 * front.r - 1.2, 0.0, 1.0));
#elif defined(COLOUR_MAP)
    colour *= decoded(texture(colour_map, place));
#endif
    return colour;
}

#ifndef LIGHT_HANDED
// Normals that cancel each other, between vertices or by their joints, would be no numbers: these have some direction.
const float SOME = 1e-9;

vec3 own_normal() {
    vec3 normal = normalize(handed_normal + vec3(0.0, 0.0, SOME));
#ifdef NORMAL_MAP
    vec3 across = cross(normal, handed_tangent.xyz) * handed_tangent.w;
    vec3 bump = 2.0 * texture(normal_map, NORMAL_PLACE).xyz - 1.0;
    bump.xy *= factors.z;
    vec3 along = normalize(handed_tangent.xyz + vec3(SOME, 0.0, 0.0));
    across = normalize(across + vec3(0.0, SOME, 0.0));
    normal = normalize(bump.x * along + bump.y * across + (bump.z + SOME) * normal);
#endif
#ifdef DOUBLE_SIDED
    normal = gl_FrontFacing ? normal : -normal;
#endif
    return normal;
}

Surface own_surface(vec3 colour) {
    vec2 metal_rough = factors.xy;
#ifdef METAL_ROUGH_MAP
    metal_rough *= texture(metal_rough_map, METAL_ROUGH_PLACE).bg;
#endif
    return surface_of(own_normal(), -normalize(near_place), colour, metal_rough.x, metal_rough.y);
}

#endif

float occlusion() {
#ifdef OCCLUSION_MAP
    return 1.0 + factors.w * (texture(occlusion_map, OCCLUSION_PLACE).r - 1.0);
#else
    return 1.0;
#endif
}

// What shines at dusk does so from a darkness of its own on, which its map has in alpha.
vec3 own_light() {
#ifdef POOLS
    return vec3(0.0);
#endif
#ifdef SHINES_AT_DUSK
#ifndef DUSK
    return vec3(0.0);
#endif
#endif
#ifdef SHINES_HANDED
    vec4 own = vec4(handed_shine.rgb, 0.25);
#else
    vec4 own = vec4(emitted.rgb, 0.25);
#endif
#ifdef FRONT
    own = vec4(own.rgb * front.g * mix(COOL, WARM, front.b), front.a);
#elif defined(EMITTED_MAP)
    own = vec4(own.rgb, 1.0) * decoded(texture(emitted_map, EMITTED_PLACE));
#endif
#ifdef SHINES_HANDED
    own.rgb *= clamp(20.0 * (handed_shine.a - own.a), 0.0, 1.0);
#endif
    return acescg(own.rgb);
}

#ifndef LIGHT_HANDED
vec3 light_around(Surface surface) {
    vec3 mirror = reflect(-surface.towards_eye, surface.normal);
#ifdef FULL
    vec2 split_sum = split_sum_at(surface.roughness, surface.facing_eye);
    return reflected_around(surface, mirrored_at(mirror, surface.roughness), irradiance_at(surface.normal), split_sum);
#else
    vec2 split_sum = split_sum_nearly(surface.roughness, surface.facing_eye);
    vec3 mirrored = mirrored_nearly(mirror, surface.alpha);
#ifdef IRRADIANCE_HANDED
    return reflected_around(surface, mirrored, handed_irradiance, split_sum);
#else
    return reflected_around(surface, mirrored, irradiance_towards(surface.normal), split_sum);
#endif
#endif
}

#endif

// What lamps light of the surface, over its own colour: the root of that is in alpha.
vec3 pools_on(float root) {
#ifdef LIT_POOLS
    return root * root * handed_pools;
#else
    return vec3(0.0);
#endif
}

float sun_reaches() {
#ifdef SHADOWED
#ifdef FULL
    return soft_sun_share(near_place);
#else
    return sun_share(shadow_place);
#endif
#else
    return 1.0;
#endif
}

vec3 sun_on(Surface surface) {
    return sun_light.rgb * reflected(surface, sun_towards.xyz) * sun_reaches();
}


void main() {
    vec4 colour = own_colour();
#ifdef BARE
    light = vec4(colour.rgb, 0.5 + 0.5 * handed_colour.a); // for cards: see card.frag
#else
#ifdef MASK
    bool shows = colour.a >= emitted.w;
#endif
    float root = colour.a;
#ifndef BLEND
    colour.a = 1.0;
#endif
#ifdef COLOUR_HANDED
    vec3 sum = handed_around + sun_reaches() * handed_sun + own_light();
#else
    vec3 sum = acescg(colour.rgb);
#ifdef LIGHT_HANDED
    sum = sum * (handed_around + sun_reaches() * handed_sun + pools_on(root)) + own_light();
#elif defined(MATTE)
    vec3 normal = own_normal();
    vec3 falls = sun_light.rgb * max(dot(normal, sun_towards.xyz), 0.0) * sun_reaches();
    vec3 around = irradiance_towards(normal);
#ifdef LAMPLIT
    around += lamps_beside(handed_colour.a);
#endif
    sum = sum * ((falls + around) * ONE_OVER_PI + pools_on(root)) + own_light();
#elif !defined(UNLIT)
    Surface surface = own_surface(sum);
    sum = occlusion() * light_around(surface) + own_light() + sun_on(surface);
#ifdef LAMPS
    sum += lamps_on(surface, near_place);
#endif
#endif
#endif
#ifdef MASK
    if (!shows) {
        discard;
    }
#endif
    light = vec4(sum * colour.a, colour.a);
#endif
}
