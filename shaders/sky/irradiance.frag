#version 410 core
// What level ground gets from the sky above it, from one light of strength 1, without that light itself: a mean over
// directions of equal shares in it.

#include "sky/phase.glsl"
#include "sky/table_places.glsl"

uniform sampler2D by_air;
uniform sampler2D by_haze;
uniform vec4 horizon;
uniform vec2 towards; // cosine and sine of the light's elevation

out vec4 irradiance;

const int SIDE = 16;

void main() {
    vec3 sum = vec3(0.0);
    for (int ring = 0; ring < SIDE; ring++) {
        float rise = sqrt((float(ring) + 0.5) / float(SIDE));
        float level = sqrt(1.0 - rise * rise);
        for (int turn = 0; turn < SIDE; turn++) {
            float heading = cos(3.14159265359 * (float(turn) + 0.5) / float(SIDE));
            vec2 place = vec2(turn_place(heading), row_above(half_tangent(rise, level, horizon), horizon));
            float cosine = level * heading * towards.x + rise * towards.y;
            sum += textureLod(by_air, place, 0.0).rgb + textureLod(by_haze, place, 0.0).rgb * haze_phase(cosine);
        }
    }
    irradiance = vec4(3.14159265359 / float(SIDE * SIDE) * sum, 1.0);
}
