#version 410 core
// A scene-linear picture as an sRGB screen shows it, pixel by pixel, in pairs.

#include "common/signal_srgb.glsl"
#include "common/paired.glsl"

uniform sampler2D picture;
uniform mat3 signal_from_world;

out vec2 code;

void main() {
    vec3 light = texelFetch(picture, ivec2(gl_FragCoord.xy), 0).rgb;
    code = paired(signal(clamp(signal_from_world * light, 0.0, 1.0)));
}
