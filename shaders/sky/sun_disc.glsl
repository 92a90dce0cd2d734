// The sun's disc, as wide and as bright as it is, filtered to the footprint of what shows it.

uniform vec4 sun;        // where it is seen, and its illuminance; 0 where it is not drawn
uniform float sun_radius; // radians

// A disc of `squared` radius that is blurred by a footprint, at a squared distance from its middle: its integral over the
// plane is pi * squared for every footprint, and a disc much smaller than that has no edge that could flicker.
float blurred_disc(float away, float squared, float footprint) {
    float softness = max(0.4 * footprint * sqrt(squared) + 0.7 * footprint * footprint, 1e-9);
    float steep = squared / softness;
    return 1.0 / (1.0 + exp((away - squared) / softness)) / (1.0 + log(1.0 + exp(-steep)) / steep);
}

float reach_of(float radius, float footprint) {
    float reach = radius + 4.0 * footprint;
    return reach * reach;
}

bool near_sun(vec3 direction, float footprint) {
    vec3 aside = direction - sun.xyz;
    return dot(aside, aside) < reach_of(sun_radius, footprint) && sun.w > 0.0;
}

// The mean radiance outside the air, over the footprint.
vec3 sun_disc(vec3 direction, float footprint) {
    vec3 aside = direction - sun.xyz;
    float squared = sun_radius * sun_radius;
    return vec3(sun.w / (3.14159265359 * squared) * blurred_disc(dot(aside, aside), squared, footprint));
}
