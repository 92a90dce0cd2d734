// Code values of a wall: its light in the wall's primaries, through its signal curve, dithered to 8 bits, and as much
// wider as the steps of pictures of 8 bits are.
// The file that includes this defines `vec3 signal(vec3)` for light where 1 is the curve's full scale.

#include "common/wall_light.glsl"
#include "common/dither.glsl"

out vec4 code;

void main() {
    take_handed();
    vec4 light = wall_light();
    vec3 value = signal(clamp(signal_from_world * light.rgb, 0.0, code_range.x));
    code = vec4(value + (dither(gl_FragCoord.xy) * code_range.y + code_range.z), 1.0);
}
