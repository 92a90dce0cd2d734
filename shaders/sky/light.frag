#version 410 core
// The sky's light by direction from one light outside the air of strength 1: by air, its phase function in it, with what
// was scattered more than once and with the lit ground below the horizon; and by haze, whose phase function is too sharp
// for a table. Rows are directions from the horizon (render/worlds/sky/columns.py), columns the turn from the light's own,
// by the sine of its half: 0 to 180 degrees, since the sky is symmetrical.

#ifndef NODES
#define NODES 1
#endif
#ifndef TURNS_IN_TABLE
#define TURNS_IN_TABLE 2
#endif

#include "sky/air_light.glsl"
#include "sky/multiple_places.glsl"

uniform sampler2D multiple;
uniform sampler2D gains_by_air;  // of each place along each row's ray, and its root
uniform sampler2D gains_by_haze; // and the sine of its angle at the earth's centre
uniform sampler2D rows;          // what a ray's air takes, with the sine of the angle of its end; its direction
uniform sampler2D from_sky;      // what the ground gets from the sky
uniform vec2 towards;            // cosine and sine of the light's elevation
uniform float albedo;
uniform mat3 world_from_air;     // from the model's unit and colours to the light of worlds

layout(location = 0) out vec4 by_air;
layout(location = 1) out vec4 by_haze;

const float PI = 3.14159265359;

float rise_at(float turn, float heading) {
    return turn * heading * towards.x + sqrt(max(1.0 - turn * turn, 0.0)) * towards.y;
}

vec3 scattered_before(float root, float rise) {
    vec2 size = vec2(textureSize(multiple, 0));
    vec2 place = vec2(share_of(rise), root) * (size - 1.0) + 0.5;
    return exp2(textureLod(multiple, place / size, 0.0).rgb);
}

void main() {
    ivec2 texel = ivec2(gl_FragCoord.xy);
    float half_turn = float(texel.x) / float(TURNS_IN_TABLE - 1);
    float heading = 1.0 - 2.0 * half_turn * half_turn;
    vec2 ray = texelFetch(rows, ivec2(1, texel.y), 0).xy;
    float cosine = ray.x * heading * towards.x + ray.y * towards.y;
    float phase = 3.0 / (16.0 * PI) * (1.0 + cosine * cosine);
    vec3 air = vec3(0.0);
    vec3 haze = vec3(0.0);
    for (int node = 0; node < NODES; node++) {
        vec4 gain_by_air = texelFetch(gains_by_air, ivec2(node, texel.y), 0);
        vec4 gain_by_haze = texelFetch(gains_by_haze, ivec2(node, texel.y), 0);
        float rise = rise_at(gain_by_haze.a, heading);
        vec3 lit = light_at(gain_by_air.a, rise);
        air += gain_by_air.rgb * phase * lit;
        air += (gain_by_air.rgb + gain_by_haze.rgb) * scattered_before(gain_by_air.a, rise);
        haze += gain_by_haze.rgb * lit;
    }
#ifdef GROUND_ROWS
    vec4 row = texelFetch(rows, ivec2(0, texel.y), 0);
    float above = rise_at(row.a, heading);
    vec3 ground = light_at(0.0, above) * max(above, 0.0) + inverse(world_from_air) * texelFetch(from_sky, ivec2(0), 0).rgb;
    air += albedo / PI * ground * exp(-row.rgb);
#endif
    by_air = vec4(world_from_air * air, 1.0);
    by_haze = vec4(world_from_air * haze, 1.0);
}
