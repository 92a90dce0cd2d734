// A 3D scene along a ray, looked up in pictures that were drawn for the frame: in that of the ray's own eye, where it has
// the ray in it; else with AROUND in the one all around the outer eye. A software renderer would evaluate both anywhere.

#include "common/handed.glsl"

uniform samplerCube scene_around; // alpha: how much the scene covers, by which its light is multiplied
uniform float around_detail;      // texels for a radian in the middle of a face, over the texels of a tap
#if LOOKS > 0
uniform sampler2D looks[LOOKS];
uniform vec3 look_eye[LOOKS];
uniform float look_detail[LOOKS]; // taps for a tangent of 1
#if LOOKS == 1
#define LOOK_FROM_STAGE(look) only_look
#else
uniform mat3 look_from_stage[LOOKS]; // to a place in the picture, times the depth along its axis
#define LOOK_FROM_STAGE(look) look_from_stage[look]
#endif
#endif

const float SAME_EYE = 1e-8;

#if defined(AROUND) || LOOKS != 1
vec4 layer_light(vec3 eye, vec3 ray, float width) {
    vec4 light = vec4(0.0);
    bool is_found = false;
#if LOOKS > 0
    for (int look = 0; look < LOOKS; look++) {
        vec3 apart = eye - look_eye[look];
        vec3 seen = LOOK_FROM_STAGE(look) * ray;
        vec2 inside = min(seen.xy, seen.zz - seen.xy);
        if (!is_found && seen.z > 0.0 && min(inside.x, inside.y) >= 0.0 && dot(apart, apart) < SAME_EYE) {
            light = textureLod(looks[look], seen.xy / seen.z, log2(width * look_detail[look] / seen.z));
            is_found = true;
        }
    }
#endif
#ifdef AROUND
    if (!is_found) {
        light = textureLod(scene_around, ray, log2(width * around_detail * inversesqrt(dot(ray, ray))));
    }
#endif
    return light;
}
#else
vec4 layer_light(vec3 eye, vec3 ray, float width) {
    vec3 seen = only_look * ray;
    return textureLod(looks[0], seen.xy / seen.z, 0.0);
}
#endif

#ifdef APART
// What the only camera's picture has along a ray from its eye, which is in it, and what is there around the outer eye.
vec4 look_light(vec3 ray, float width) {
    vec3 seen = only_look * ray;
    return textureLod(looks[0], seen.xy / seen.z, log2(width * look_detail[0] / seen.z));
}

vec4 around_light(vec3 ray, float width) {
    return textureLod(scene_around, ray, log2(width * around_detail * inversesqrt(dot(ray, ray))));
}
#endif

#ifdef DEPTHS
uniform sampler2D look_depths[LOOKS]; // 1 less `look_near` over the distance along the picture's axis
uniform float look_near;
#endif

// One over the distance to the light along `ray`, by the depth of what its own eye sees there; 0 where nothing is.
float layer_nearness(vec3 eye, vec3 ray) {
    float nearness = 0.0;
#ifdef DEPTHS
    for (int look = 0; look < LOOKS; look++) {
        vec3 apart = eye - look_eye[look];
        vec3 seen = LOOK_FROM_STAGE(look) * ray;
        vec2 inside = min(seen.xy, seen.zz - seen.xy);
        if (seen.z > 0.0 && min(inside.x, inside.y) >= 0.0 && dot(apart, apart) < SAME_EYE) {
            float depth = textureLod(look_depths[look], seen.xy / seen.z, 0.0).r;
            nearness = (1.0 - depth) / look_near * seen.z * inversesqrt(dot(ray, ray));
        }
    }
#endif
    return nearness;
}
