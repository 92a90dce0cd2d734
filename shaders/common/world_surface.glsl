// Where a ray meets what carries the light of a world: infinity, NEAR a sphere around the stage's origin with the floor in
// it, or a PLANE. The met point is given by its direction from the place that it is looked up from.

#include "common/world_sphere.glsl"

struct Met {
    vec3 direction; // not normalised
    float nearness; // one over the distance from the eye; 0 at infinity
    float spread;   // the angle of the light that a footprint covers, over the angle that the eye sees it under
};

#if defined(NEAR)
uniform float ground; // how high above the floor the picture was taken; 0 without one

// Distances are inverse, so that infinity is 0 and the nearer of sphere and floor is the larger number. A footprint on the
// floor grows with the slant of the ray and shrinks with that of the picture's own.
Met met_by(vec3 eye, vec3 ray) {
    vec3 heading = normalize(ray);
    float along = dot(eye, heading);
    float inside = radius * radius - dot(eye, eye);
    float reach = sqrt(max(along * along + inside, 0.0)) - along;
    float to_sphere = radius > 0.0 ? 1.0 / max(reach, 1e-6) : 0.0;
    float to_floor = ground > 0.0 && eye.z > 0.0 ? max(-heading.z, 0.0) / eye.z : 0.0;
    float nearness = max(to_sphere, to_floor);
    vec3 direction = heading + nearness * (eye - vec3(0.0, 0.0, ground));
    float shrunk = inversesqrt(max(dot(direction, direction), 1e-12));
    float slant = shrunk * ground / max(eye.z, 1e-6);
    float on_sphere = nearness > 0.0 ? 1.0 / max(dot(direction, heading), 1e-6) : 1.0;
    return Met(direction, nearness, to_floor > to_sphere ? shrunk * max(1.0, slant) : on_sphere);
}
#elif defined(PLANE)
uniform vec3 anchor;          // where the plane is placed from
uniform vec3 ahead;           // from there to the plane, a unit vector
uniform float plane_nearness; // one over the distance; 0 at infinity

// A ray that misses the plane goes on to infinity, as those do that hardly meet it.
Met met_by(vec3 eye, vec3 ray) {
    float depth = dot(ahead, ray);
    float left = 1.0 - plane_nearness * dot(ahead, eye - anchor);
    if (depth <= 0.0 || left <= 0.0) {
        return Met(ray, 0.0, 1.0);
    }
    float lengths = left / max(depth, 1e-6);
    vec3 direction = plane_nearness * (eye - anchor) + lengths * ray;
    float squared = dot(ray, ray);
    float spread = squared * lengths / (max(depth, 1e-6) * dot(direction, direction));
    return Met(direction, plane_nearness * inversesqrt(squared) / lengths, spread);
}
#else
Met met_by(vec3 eye, vec3 ray) {
    return Met(ray, 0.0, 1.0);
}
#endif
