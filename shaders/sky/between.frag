#version 410 core
// Tables of the sky's light for a light between two elevations. By twilight they grow by equal ratios, not by equal amounts.

uniform sampler2D by_air; // for the lower elevation
uniform sampler2D by_haze;
uniform sampler2D later_by_air; // for the higher one
uniform sampler2D later_by_haze;
uniform float share; // of the higher one

layout(location = 0) out vec4 air;
layout(location = 1) out vec4 haze;

const float FAR_APART = 4.0; // a ratio: what only now comes over the horizon grows by amounts

float between(float low, float high) {
    float least = min(low, high);
    bool is_near = least > 0.0 && max(low, high) < FAR_APART * least;
    return is_near ? low * pow(high / low, share) : mix(low, high, share);
}

vec4 between(vec4 low, vec4 high) {
    return vec4(between(low.r, high.r), between(low.g, high.g), between(low.b, high.b), 1.0);
}

void main() {
    ivec2 place = ivec2(gl_FragCoord.xy);
    air = between(texelFetch(by_air, place, 0), texelFetch(later_by_air, place, 0));
    haze = between(texelFetch(by_haze, place, 0), texelFetch(later_by_haze, place, 0));
}
