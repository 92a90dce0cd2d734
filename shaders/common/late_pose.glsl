// Late pose: an LED looks into a picture drawn earlier, from elsewhere, by the ray from the newest eye. Exact for light
// at infinity (LATE_FAR) and on a sphere around the stage's origin (LATE_SPHERE); else the point that the ray meets is
// found by iteration on the inverse distance that the picture keeps beside its light (LATE_DRAWN).

uniform mat3 picture_from_stage; // rows: right, up, ahead of the view that the picture was drawn from

#ifdef LATE_FAR
vec3 seen_in_picture(vec3 led) {
    return picture_from_stage * (led - eye);
}
#endif

#ifdef LATE_SPHERE
#include "common/world_sphere.glsl"
uniform vec3 picture_eye;

vec3 seen_in_picture(vec3 led) {
    return picture_from_stage * (direction_from_origin(eye, led - eye) - picture_eye);
}
#endif

#ifdef LATE_DRAWN
uniform vec3 picture_eye;
const int STEPS = 4;

// Along the unit ray from the newest eye, `nearness` is the inverse of the distance to the point that is looked for:
// seen from the picture's eye the point lies towards ray + nearness * moved, and where the picture meets something
// at inverse distance `kept` there, the ray has come that far from the picture's eye at the next `nearness`.
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
