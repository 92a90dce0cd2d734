#version 410 core
// A scene-linear picture as an sRGB screen shows it, pixel by pixel.

#include "common/signal_srgb.glsl"
#include "common/shown.glsl"

uniform sampler2D picture;
uniform mat3 signal_from_world;

out SHOWN code;

void main() {
    vec3 light = texelFetch(picture, ivec2(gl_FragCoord.xy), 0).rgb;
    code = shown(signal(clamp(signal_from_world * light, 0.0, 1.0)));
}
