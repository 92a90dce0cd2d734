#version 410 core
#define CROWD
// A distant figure of a crowd: an upright card that faces the eye, with a picture of the figure as it is seen from there.

#include "models/scene.glsl"
#include "models/around.glsl"
#include "models/crowd.glsl"
#include "models/shadows.glsl"

in vec2 corner; // 0 to 1, from the lower left one

uniform vec2 card_m;      // width and height of the figure
uniform ivec2 pictures;   // ways that it is seen from, and moments of its cycle

out vec2 place;
out vec3 tint;
out vec3 handed_light;

// Of the sun, where the middle of the figure is.
float sun_on(vec3 middle) {
#ifndef SHADOWED
    return 1.0;
#elif defined(FULL)
    return soft_sun_share(middle);
#else
    return sun_share((shadow_from_near[0] * vec4(middle, 1.0)).xyz);
#endif
}

void main() {
    float cycle;
    mat4 stands = stage_from_crowd * crowd_from_figure(cycle);
    vec3 foot = stands[3].xyz - eye.xyz;
    float size = length(stands[2].xyz);
    vec2 away = normalize(foot.xy + vec2(1e-6, 0.0));
    vec3 right = vec3(away.y, -away.x, 0.0);
    vec3 here = foot + size * ((corner.x - 0.5) * card_m.x * right + vec3(0.0, 0.0, corner.y * card_m.y));
    // How far the figure is turned to the left, seen from the eye: 0 shows its back.
    vec2 ahead = normalize(stands[1].xy);
    float turn = atan(away.x * ahead.y - away.y * ahead.x, dot(away, ahead)) / 6.28318530718;
    float column = mod(floor(turn * float(pictures.x) + 0.5), float(pictures.x));
    float row = floor(cycle * float(pictures.y));
    place = (vec2(column, row) + mix(vec2(0.02, 0.01), vec2(0.98, 0.99), corner)) / vec2(pictures);
    tint = look.yzw;
    vec3 normal = normalize(vec3(-away, 0.5));
    float sun = sun_on(foot + vec3(0.0, 0.0, 0.6 * size * card_m.y));
    handed_light = irradiance_towards(normal) + (0.5 * sun * max(dot(normal, sun_towards.xyz), 0.0)) * sun_light.rgb;
    gl_Position = clip_from_near * vec4(here, 1.0);
}
