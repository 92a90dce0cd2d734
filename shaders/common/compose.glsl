// Code values of a wall: its light in the wall's primaries, through its signal curve, dithered to 8 bits, and as much
// wider as the steps of pictures of 8 bits are.
// The file that includes this defines `vec3 signal(vec3)` for light where 1 is the curve's full scale.

#include "common/wall_light.glsl"
#include "common/dither.glsl"

uniform mat3 signal_from_world; // grade, primaries and full scale in one
uniform float ceiling;          // the brightest light the wall can show, in the same scale
uniform vec2 dithered;          // how wide the dither is, and what is added with it

out vec4 code;

void main() {
    vec4 light = wall_light();
    vec3 value = signal(clamp(signal_from_world * light.rgb, 0.0, ceiling));
    code = vec4(value + (dither(gl_FragCoord.xy) * dithered.x + dithered.y), 1.0);
}
