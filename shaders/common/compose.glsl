// Code values of a wall: its light in the wall's primaries, through its signal curve, dithered to 8 bits, and as much
// wider as the steps of pictures of 8 bits are.
// The file that includes this defines `vec3 signal(vec3)` for light where 1 is the curve's full scale.

#include "common/wall_light.glsl"
#include "common/dither.glsl"

uniform mat3 signal_from_world; // grade, primaries and full scale in one
uniform float ceiling;          // the brightest light the wall can show, in the same scale
uniform float dither_codes;     // how wide the dither is; at black and white it is 1, so that they stay

out vec4 code;

void main() {
    vec4 light = wall_light();
    vec3 value = signal(clamp(signal_from_world * light.rgb, 0.0, ceiling));
    vec3 width = min(vec3(dither_codes), 1.0 + 510.0 * min(value, 1.0 - value));
    code = vec4(value + dither(gl_FragCoord.xy) * width * (1.0 / 255.0), 1.0);
}
