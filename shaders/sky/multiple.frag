#version 410 core
// Light scattered more than once (S. Hillaire, 2020, section 5.5): what is scattered for the second time, from all
// directions, over what isotropic scattering takes from all further times. As logarithms to base 2, since it falls by
// orders of magnitude through twilight. Directions are Gauss's above and below the horizon of the place, denser towards it,
// at even turns; the light is symmetrical, so half of the turns stand for all.

#ifndef SIZE
#define SIZE ivec2(2)
#endif
#ifndef DIRECTIONS
#define DIRECTIONS 1
#endif
#ifndef TURNS
#define TURNS 1
#endif
#ifndef STEPS
#define STEPS 1
#endif

#include "sky/air_light.glsl"
#include "sky/multiple_places.glsl"

uniform vec3 rayleigh;    // scattering by air and by haze, per kilometre at their densest
uniform float mie;
uniform float albedo;     // of the ground
uniform vec4 directions[DIRECTIONS]; // how far from the horizon, 0 to 1 up or 0 to -1 down, as a share; its weight
uniform vec2 steps[STEPS];           // places along a ray, as shares of it, and their weights

out vec4 light;

const float PI = 3.14159265359;

vec3 densities(float height) {
    return vec3(exp(-height / 8.0), exp(-height / 1.2), max(0.0, 1.0 - abs(height - 25.0) / 15.0));
}

void main() {
    vec2 at = floor(gl_FragCoord.xy) / (vec2(SIZE) - 1.0);
    float height = AIR * at.y * at.y;
    float radius = GROUND + height;
    float horizon = -sqrt(height * (2.0 * GROUND + height)) / radius;
    float sun = rise_of(at.x);
    float sun_level = sqrt(max(1.0 - sun * sun, 0.0));
    vec3 second = vec3(0.0);
    vec3 again = vec3(0.0);
    for (int index = 0; index < DIRECTIONS; index++) {
        vec4 direction = directions[index];
        bool down = direction.x < 0.0;
        float rise = horizon + direction.x * (down ? 1.0 + horizon : 1.0 - horizon);
        float weight = direction.y * 0.5 * (down ? 1.0 + horizon : 1.0 - horizon);
        float level = sqrt(max(1.0 - rise * rise, 0.0));
        float along = radius * rise;
        float to_ground = along * along - height * (2.0 * GROUND + height);
        float to_top = sqrt(along * along + (AIR - height) * (2.0 * GROUND + AIR + height));
        float reach = down ? -along - sqrt(max(to_ground, 0.0)) : to_top - along;
        vec3 passing = vec3(1.0);
        vec3 depth = vec3(0.0);
        float before = 0.0;
        for (int index_along = 0; index_along < STEPS; index_along++) {
            float place = reach * steps[index_along].x;
            float weight_along = reach * steps[index_along].y;
            float gained = height * (2.0 * GROUND + height) + place * (place + 2.0 * along);
            float far = sqrt(GROUND * GROUND + gained);
            float up = max(gained / (far + GROUND), 0.0);
            vec3 dense = densities(up);
            vec3 taken = depth_from_columns * dense * weight_along;
            vec3 gain = (rayleigh * dense.x + mie * dense.y) * exp(-depth - 0.5 * taken) * weight_along;
            depth += taken;
            again += weight * gain;
            float root = sqrt(min(up / AIR, 1.0));
            vec3 lit = vec3(0.0);
            for (int turn = 0; turn < TURNS; turn++) {
                float cosine = rise * sun + level * sun_level * cos(PI * (float(turn) + 0.5) / float(TURNS));
                lit += light_at(root, (radius * sun + place * cosine) / far);
            }
            second += weight / (4.0 * PI * float(TURNS)) * gain * lit;
        }
        if (down) {
            vec3 ground = vec3(0.0);
            for (int turn = 0; turn < TURNS; turn++) {
                float cosine = rise * sun + level * sun_level * cos(PI * (float(turn) + 0.5) / float(TURNS));
                float above = (radius * sun + reach * cosine) / GROUND;
                ground += light_at(0.0, above) * max(above, 0.0);
            }
            second += weight * albedo / (PI * float(TURNS)) * exp(-depth) * ground;
        }
    }
    light = vec4(log2(max(second / (1.0 - again), 1e-30)), 1.0);
}
