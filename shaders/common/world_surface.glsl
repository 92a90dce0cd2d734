// Where a ray meets what carries the light of a world: infinity, NEAR a sphere or an upright cylinder around the stage's origin
// with the floor in it, or a PLANE. The met point is given by its direction from the place that it is looked up from. Divisions and roots are
// what costs here, so directions are scaled by whatever saves one.

#include "common/handed.glsl"
#include "common/near_eye.glsl"
#include "common/equirectangular.glsl"

struct Met {
    vec3 direction; // not normalised; of a plane that is met, 1 along its axis
    float nearness; // one over the distance from the eye; 0 at infinity
    float spread;   // how wide an angle from that place a width of 1 at the end of the ray becomes, squared; of a plane how
                    // wide its tangent is, squared
};

#if defined(PLACED) || defined(PLANE)
// A direction in the axes of the layer.
vec3 in_layer(vec3 direction) {
#if defined(AIMED) || defined(RELIEF)
    return direction;
#else
    return layer_from_stage * direction;
#endif
}
#endif

#if defined(PLANE) && !defined(RELIEF)
// Where an eye is from where the plane is placed from, in distances of it, and how much of that is left to the plane.
vec4 plane_aside(vec3 eye) {
#ifdef AIMED
    return plane_eye;
#else
    vec3 aside = surface.w * (eye - surface.xyz);
    return vec4(aside, 1.0 - dot(surface_ahead, aside));
#endif
}

// How far a ray gets along the plane's axis.
float plane_depth(vec3 ray) {
#if defined(AIMED) && defined(OF_PICTURE)
    return ray.y;
#else
    return dot(surface_ahead, ray);
#endif
}
#endif

#include "common/bent_rows.glsl"
#include "common/shaped_angles.glsl"
#include "common/relief.glsl"

#if defined(RELIEF)
#elif defined(NEAR)
NearEye near_eye_at(vec3 eye) {
#ifdef AIMED
    return NearEye(near_sphere, near_floor, near_place.xyz, near_place.w);
#else
    return near_eye(eye, surface, surface_up);
#endif
}

// Of sphere and floor the nearer one is met: `most` is one over the lengths of the ray to it. A width on the floor grows with
// the slant of the ray and shrinks with that of the picture's own. The slant at which an eye off the middle sees the sphere is
// left out: from halfway to it, a width is taken for an eighth too narrow at most.
Met met_by(vec3 eye, vec3 ray) {
    NearEye near = near_eye_at(eye);
    float squared = dot(ray, ray);
    float along = dot(near.sphere.xyz, ray);
    float aside = squared;
#ifdef UPRIGHT
    float climb = dot(surface_up, ray);
    aside = max(squared - surface.z * climb * climb, 0.0);
#endif
    float to_sphere = sqrt(along * along + near.sphere.w * aside) + along;
    float to_floor = dot(near.floor, ray);
    bool on_floor = to_floor > to_sphere;
    float most = on_floor ? to_floor : to_sphere;
    vec3 direction = ray + most * near.place;
    float away = dot(direction.xy, direction.xy) + direction.z * direction.z; // angles need the first part too
    float slanted = on_floor ? squared * near.slant : 0.0;
    float widening = slanted > away ? slanted : away;
    return Met(direction, most * inversesqrt(squared), widening / (away * away));
}
#elif defined(PLANE)
#ifdef INSIDE
// Every ray meets the plane.
Met met_by(vec3 eye, vec3 ray) {
    vec4 aside = plane_aside(eye);
    float steps = 1.0 / plane_depth(ray);
    float lengths = aside.w * steps;
    float squared = dot(ray, ray);
    float tangent = lengths * steps;
    return Met(aside.xyz + lengths * ray, surface.w * inversesqrt(squared) / lengths, squared * tangent * tangent);
}
#else
const float MISSED = 1e16;

// A ray that misses the plane goes on to infinity, and its footprint spreads over all of the picture.
Met met_by(vec3 eye, vec3 ray) {
    vec4 aside = plane_aside(eye);
    float depth = plane_depth(ray);
    bool meets = min(depth, aside.w) > 0.0;
    float steps = 1.0 / max(depth, 1e-6);
    float lengths = aside.w * steps;
    float squared = dot(ray, ray);
    float nearness = meets ? surface.w * inversesqrt(squared) / max(lengths, 1e-12) : 0.0;
    float tangent = lengths * steps;
    return Met(meets ? aside.xyz + lengths * ray : ray, nearness, meets ? squared * tangent * tangent : MISSED);
}
#endif
#else
Met met_by(vec3 eye, vec3 ray) {
    return Met(ray, 0.0, 1.0 / dot(ray, ray));
}
#endif
