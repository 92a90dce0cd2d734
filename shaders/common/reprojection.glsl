// Reprojection: an LED looks into a picture drawn earlier, from elsewhere, by the ray from the newest eye. Exact for
// light at infinity (REPROJECT_FAR) and on a sphere around the stage's origin (REPROJECT_SPHERE). Otherwise the point
// that the ray meets is found by iteration on the inverse distances in the picture's alpha (REPROJECT_DRAWN).

uniform mat3 picture_from_stage; // rows: right, up, ahead of the view that the picture was drawn from

#ifdef REPROJECT_FAR
vec3 seen_in_picture(vec3 led) {
    return picture_from_stage * (led - eye);
}
#endif

#ifdef REPROJECT_SPHERE
#include "common/world_sphere.glsl"
uniform vec3 picture_eye;

vec3 seen_in_picture(vec3 led) {
    return picture_from_stage * (direction_from_origin(eye, led - eye) - picture_eye);
}
#endif

#ifdef REPROJECT_DRAWN
uniform vec3 picture_eye;
const int STEPS = 4;

// `nearness` is the inverse of the distance along the unit ray from the newest eye to the wanted point. Seen from the
// picture's eye, that point is towards ray + nearness * moved. If the picture has inverse distance `kept` there, the
// next `nearness` is where the ray is as far from the picture's eye as that.
vec3 seen_in_picture(vec3 led) {
    vec3 ray = normalize(led - eye);
    vec3 moved = eye - picture_eye;
    float along = dot(ray, moved);
    float power = along * along - dot(moved, moved);
    float nearness = 0.0;
    for (int step = 0; step < STEPS; step++) {
        vec3 seen = picture_from_stage * (ray + nearness * moved);
        vec2 place = seen.xy / max(seen.z, 1e-6) * place_from_tangents.xy + place_from_tangents.zw;
        float kept = textureLod(inner, place, 0.0).a;
        nearness = kept / max(sqrt(max(1.0 + kept * kept * power, 0.0)) - kept * along, 1e-6);
    }
    return picture_from_stage * (ray + nearness * moved);
}
#endif

vec2 picture_tangents(vec3 led, vec2 tangents) {
    vec3 seen = seen_in_picture(led);
    return seen.xy / max(seen.z, 1e-6);
}
