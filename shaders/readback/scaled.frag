#version 410 core
// What is sent to a wall, smaller: the mean light of the LEDs under each pixel, for a screen.

#include "common/signal_srgb.glsl"
#include "common/shown.glsl"
#include "readback/wall_code.glsl"

uniform sampler2D sent;
uniform vec2 leds_per_pixel;

out SHOWN picture;

void main() {
    ivec2 size = textureSize(sent, 0);
    vec2 low = floor(gl_FragCoord.xy) * leds_per_pixel;
    vec2 high = min(low + leds_per_pixel, vec2(size));
    ivec2 first = ivec2(floor(low + 1e-3)), last = min(ivec2(ceil(high - 1e-3)), size);
    vec3 sum = vec3(0.0);
    float area = 0.0;
    for (int row = first.y; row < last.y; row++) {
        float tall = min(high.y, float(row + 1)) - max(low.y, float(row));
        for (int column = first.x; column < last.x; column++) {
            float covered = tall * (min(high.x, float(column + 1)) - max(low.x, float(column)));
            sum += covered * light_of(texelFetch(sent, ivec2(column, row), 0).rgb);
            area += covered;
        }
    }
    vec3 light = sum / max(area, 1e-6);
#ifdef AS_NUMBERS
    picture = shown(light);
#else
    picture = shown(signal(clamp(light, 0.0, 1.0)));
#endif
}
