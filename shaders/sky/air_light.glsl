// Light from outside the air at any place in it, and light that was scattered there more than once, from tables that no
// place of the sun changes. Lengths in kilometres; the light outside is 1.

const float GROUND = 6360.0;
const float AIR = 100.0;

uniform sampler2D columns;        // air, haze and ozone on rays out of the air (render/worlds/sky/columns.py)
uniform mat3 depth_from_columns;  // what each of the three takes, of red, green and blue

// `root` is the root of a place's share of the air's height, `rise` the sine of the light's elevation there. The ground
// shades hard. Differences of squares, since float32 cannot tell radii of 6360 km apart that differ by a metre.
vec3 light_at(float root, float rise) {
    float height = AIR * root * root;
    float horizon = -sqrt(height * (2.0 * GROUND + height)) / (GROUND + height);
    float share = (rise - horizon) / (1.0 - horizon);
    vec2 size = vec2(textureSize(columns, 0));
    vec2 place = vec2(sqrt(max(share, 0.0)), root) * (size - 1.0) + 0.5;
    vec3 depth = depth_from_columns * textureLod(columns, place / size, 0.0).rgb;
    return share >= 0.0 ? exp(-depth) : vec3(0.0);
}
