// Code values of a wall: its light in the wall's primaries, through its signal curve, dithered to 8 bits.
// The file that includes this defines `vec3 signal(vec3)` for light where 1 is the curve's full scale.

#include "common/wall_light.glsl"

uniform mat3 signal_from_world; // grade, primaries and full scale in one
uniform float ceiling;          // the brightest light the wall can show, in the same scale

out vec4 code;

// Half a code either way, by the pixel's place alone: the R2 sequence (M. Roberts, 2018), even over any area.
float dither(vec2 place) {
    return (fract(dot(place, vec2(0.7548776662, 0.5698402910))) - 0.5) * 0.998;
}

void main() {
    vec4 light = wall_light();
    vec3 value = signal(clamp(signal_from_world * light.rgb, 0.0, ceiling));
    code = vec4(value + dither(gl_FragCoord.xy) * (1.0 / 255.0), 1.0);
}
