#version 410 core
// A scene-linear picture as an sRGB screen shows it, pixel by pixel.

#include "common/signal_srgb.glsl"

uniform sampler2D picture;
uniform mat3 signal_from_world;

out vec4 code;

void main() {
    vec3 light = texelFetch(picture, ivec2(gl_FragCoord.xy), 0).rgb;
    code = vec4(signal(clamp(signal_from_world * light, 0.0, 1.0)), 1.0);
}
