// Light from pictures of the views: one for each camera, and the outer picture as each LED shows it. An LED looks by the
// ray from the newest eye into a picture that may have been drawn earlier, from elsewhere: exact for light at infinity
// (REPROJECT_FAR) and on a sphere around the stage's origin (REPROJECT_SPHERE). With REPROJECT_DRAWN the point that the
// ray meets is found by iteration on the inverse distances in the picture's alpha. Without any of them each picture is
// its view's own.

#include "common/world_sphere.glsl"

#ifdef PICTURES
uniform sampler2D outer_on_wall;
#if CAMERAS > 0
uniform sampler2D inner[CAMERAS];
uniform vec4 place_from_tangents[CAMERAS]; // scale and offset into the inner picture
uniform float taps_per_tangent[CAMERAS];   // pixels per tangent over the pixels that one tap covers
#if defined(REPROJECT_FAR) || defined(REPROJECT_SPHERE) || defined(REPROJECT_DRAWN)
uniform mat3 picture_from_stage[CAMERAS]; // rows: right, up, ahead of the view that the picture was drawn from
#endif
#if defined(REPROJECT_SPHERE) || defined(REPROJECT_DRAWN)
uniform vec3 picture_eye[CAMERAS];
#endif

#if defined(REPROJECT_FAR)
vec3 seen_in_picture(int camera, vec3 led) {
    return picture_from_stage[camera] * (led - eye[camera]);
}
#elif defined(REPROJECT_SPHERE)
vec3 seen_in_picture(int camera, vec3 led) {
    vec3 point = direction_from_origin(eye[camera], led - eye[camera]);
    return picture_from_stage[camera] * (point - picture_eye[camera]);
}
#elif defined(REPROJECT_DRAWN)
const int STEPS = 4;

// `nearness` is the inverse of the distance along the unit ray from the newest eye to the wanted point. Seen from the
// picture's eye, that point is towards ray + nearness * moved. If the picture has inverse distance `kept` there, the
// next `nearness` is where the ray is as far from the picture's eye as that.
vec3 seen_in_picture(int camera, vec3 led) {
    vec3 ray = normalize(led - eye[camera]);
    vec3 moved = eye[camera] - picture_eye[camera];
    float along = dot(ray, moved);
    float power = along * along - dot(moved, moved);
    float nearness = 0.0;
    for (int step = 0; step < STEPS; step++) {
        vec3 seen = picture_from_stage[camera] * (ray + nearness * moved);
        vec2 place = seen.xy / max(seen.z, 1e-6) * place_from_tangents[camera].xy + place_from_tangents[camera].zw;
        float kept = textureLod(inner[camera], place, 0.0).a;
        nearness = kept / max(sqrt(max(1.0 + kept * kept * power, 0.0)) - kept * along, 1e-6);
    }
    return picture_from_stage[camera] * (ray + nearness * moved);
}
#else
vec3 seen_in_picture(int camera, vec3 led) {
    return camera_from_stage[camera] * (led - eye[camera]);
}
#endif

// What a camera sees on an LED, filtered to the LED's footprint.
vec3 inner_light(int camera, vec4 led) {
    vec3 seen = seen_in_picture(camera, led.xyz);
    vec2 tangents = seen.xy / max(seen.z, 1e-6);
    vec2 place = tangents * place_from_tangents[camera].xy + place_from_tangents[camera].zw;
    float depth = (camera_from_stage[camera] * (led.xyz - eye[camera])).z;
    return textureLod(inner[camera], place, log2(led.a * taps_per_tangent[camera] / depth)).rgb;
}
#endif
#endif
