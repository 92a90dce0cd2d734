#version 410 core
#define CROWD
// A distant figure of a crowd: an upright card that faces the eye, with a picture of the figure as it is seen from there.

#include "models/scene.glsl"
#include "models/around.glsl"
#include "models/crowd.glsl"
#include "models/shadows.glsl"

in vec2 corner; // 0 to 1, from the lower left one

uniform vec2 card_m;      // width and height of the figure
uniform float near_m;     // those nearer than this are drawn as they are
uniform ivec2 pictures;   // ways that it is seen from, and moments of its cycle
uniform sampler2D sides;  // of each of these, between which shares of its width the figure is

out vec2 place;
out vec3 tint;
out vec3 handed_light;

const float UPWARDS = 0.15; // how far sides lean back
const float ON_TOP = 0.05;  // share of heads and shoulders in what is seen

// Of an upright cylinder, the mean over what the eye sees of it: of normals pi / 4, of their squares 2 / 3 ahead and 1 / 3
// aside, which is 1 / 3 in what harmonics ask for.
vec3 around_figure(vec3 towards_eye) {
    vec3 first = first_degree(vec3(0.785398 * towards_eye.xy, UPWARDS));
    vec3 second = second_degree(vec3(0.57735 * towards_eye.xy, UPWARDS));
    vec3 sum = DEGREE_0 * irradiance[0].rgb + first + second;
    return dusk_light.w * max(sum, 0.0) + lamps_towards(vec3(0.0, 0.0, UPWARDS));
}

// The same of parallel light: Lambert's law over the part of a cylinder that is lit and seen.
float sun_on_figure(vec3 towards_eye) {
    float level = length(sun_towards.xy);
    float phase = acos(clamp(dot(towards_eye.xy, sun_towards.xy) / max(level, 1e-4), -1.0, 1.0));
    float sides = 0.25 * ((3.14159265 - phase) * cos(phase) + sin(phase));
    return level * sides + ON_TOP * max(sun_towards.z, 0.0);
}

float sun_reaches(vec3 near_place) {
#ifndef SHADOWED
    return 1.0;
#elif defined(FULL)
    return soft_sun_share(near_place);
#else
    return sun_share((shadow_from_near[0] * vec4(near_place, 1.0)).xyz);
#endif
}

// As `render/models/crowd_choice.py` has it. Who is at the edge is drawn twice for a millisecond, and not left out.
bool is_near(vec4 on_ground) {
#ifdef UNEVEN
    on_ground.z = ground.w;
#else
    on_ground.z = 0.0;
#endif
    vec3 middle = (stage_from_crowd * on_ground).xyz + vec3(0.0, 0.0, 0.5 * card_m.y * length(stage_from_crowd[2].xyz));
    return distance(middle, eye.xyz) < near_m - 1e-3;
}

void main() {
    float cycle;
    mat4 stood = crowd_from_figure(cycle);
    place = vec2(0.0);
    tint = handed_light = vec3(0.0);
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0); // beyond the picture
    if (is_near(stood[3])) {
        return;
    }
    mat4 stands = stage_from_crowd * stood;
    vec3 foot = stands[3].xyz - eye.xyz;
    float size = length(stands[2].xyz);
    vec2 away = normalize(foot.xy + vec2(1e-6, 0.0));
    vec3 right = vec3(away.y, -away.x, 0.0);
    // How far the figure is turned to the left, seen from the eye: 0 shows its back.
    vec2 ahead = normalize(stands[1].xy);
    float turn = atan(away.x * ahead.y - away.y * ahead.x, dot(away, ahead)) / 6.28318530718;
    float column = mod(floor(turn * float(pictures.x) + 0.5), float(pictures.x));
    float row = floor(cycle * float(pictures.y));
    vec2 ends = texelFetch(sides, ivec2(column, row), 0).xy;
    vec2 shown = vec2(mix(ends.x, ends.y, corner.x), mix(0.01, 0.99, corner.y));
    vec3 here = foot + size * ((shown.x - 0.5) * card_m.x * right + vec3(0.0, 0.0, corner.y * card_m.y));
    place = (vec2(column, row) + shown) / vec2(pictures);
    tint = look.yzw;
    vec3 towards_eye = vec3(-away, 0.0);
    vec3 middle = foot + vec3(0.0, 0.0, size * card_m.y * (0.2 + 0.6 * corner.y));
    handed_light = around_figure(towards_eye) + sun_light.rgb * (sun_on_figure(towards_eye) * sun_reaches(middle));
    gl_Position = clip_from_near * vec4(here, 1.0);
}
