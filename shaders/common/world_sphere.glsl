// The sphere that carries the light of a world: around the stage's origin, or infinitely far away (radius 0).

uniform float radius;

// Direction from the stage's origin to where the ray from `eye` leaves the sphere; not normalised.
vec3 direction_from_origin(vec3 eye, vec3 ray) {
    if (radius <= 0.0) {
        return ray;
    }
    vec3 heading = normalize(ray);
    float along = dot(eye, heading);
    float power = dot(eye, eye) - radius * radius;
    return eye + heading * (sqrt(max(along * along - power, 0.0)) - along);
}

// The alpha of a picture: one over the distance from `eye` to `point`, which is given from the origin; 0 at infinity.
float inverse_distance(vec3 eye, vec3 point) {
    vec3 reach = point - eye;
    return radius > 0.0 ? inversesqrt(dot(reach, reach)) : 0.0;
}
