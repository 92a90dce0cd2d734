// An eye in a sphere around the stage's origin, with the floor in it: what is the same for all of its rays.

#if defined(SHAPED) || defined(PART)
#define UPRIGHT // it may be an upright cylinder in place of the sphere
#endif

#ifdef NEAR
struct NearEye {
    vec4 sphere; // times a ray, and times the square of what it goes aside: what gives one over the lengths of the ray to the sphere
    vec3 floor;  // times a ray: one over its lengths to the floor; 0 where the eye does not see that
    vec3 place;  // of the eye, from where the picture is looked up
    float slant; // how much higher that is than the eye, squared; 0 without a floor
};

// `surface` and `up` are those of `common/world_surface.glsl`.
NearEye near_eye(vec3 eye, vec4 surface, vec3 up) {
    float height = dot(up, eye);
    vec3 aside = eye;
#ifdef UPRIGHT
    aside -= surface.z * height * up;
#endif
    float scale = surface.x / max(1.0 - dot(aside, aside) * surface.x, 1e-6);
    bool above = surface.y > 0.0 && height > 0.0;
    float per_metre = above ? 1.0 / max(height, 1e-6) : 0.0;
    float higher = surface.y * per_metre;
    return NearEye(vec4(scale * aside, scale), -per_metre * up, eye - surface.y * up, higher * higher);
}
#endif
