#version 410 core
// What surfaces get of the light all around, whichever way they face: nine texels, the irradiance as real spherical
// harmonics by rising degree and order (Ramamoorthi and Hanrahan, "An Efficient Representation for Irradiance Environment
// Maps", SIGGRAPH 2001).

uniform samplerCube world;
uniform int face_px;

out vec4 light;

const float SCALE[9] =
    float[9](0.282094792, 0.488602512, 0.488602512, 0.488602512, 1.092548431, 1.092548431, 0.315391565, 1.092548431, 0.546274215);
const float PI = 3.14159265359;

float polynomial(int number, vec3 n) {
    if (number == 0) return 1.0;
    if (number == 1) return n.y;
    if (number == 2) return n.z;
    if (number == 3) return n.x;
    if (number == 4) return n.x * n.y;
    if (number == 5) return n.y * n.z;
    if (number == 6) return 3.0 * n.z * n.z - 1.0;
    if (number == 7) return n.x * n.z;
    return n.x * n.x - n.y * n.y;
}

void main() {
    int number = int(gl_FragCoord.x);
    vec3 sum = vec3(0.0);
    float total = 0.0;
    for (int texel = 0; texel < 6 * face_px * face_px; texel++) {
        int face = texel / (face_px * face_px);
        vec2 place = (vec2(texel % face_px, (texel / face_px) % face_px) + 0.5) * (2.0 / float(face_px)) - 1.0;
        vec3 side = vec3(1.0, place) * ((face & 1) == 0 ? 1.0 : -1.0);
        vec3 direction = face < 2 ? side.xyz : face < 4 ? side.zxy : side.yzx;
        float squared = dot(direction, direction);
        float solid = inversesqrt(squared) / squared;
        sum += solid * polynomial(number, direction * inversesqrt(squared)) * textureLod(world, direction, 0.0).rgb;
        total += solid;
    }
    float cosine = number == 0 ? PI : number < 4 ? 2.0 * PI / 3.0 : 0.25 * PI;
    light = vec4(sum * (4.0 * PI / total) * SCALE[number] * cosine, 1.0);
}
