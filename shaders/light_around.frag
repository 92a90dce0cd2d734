#version 410 core
// What the worlds' light is all around: its mean in the first pixel, and in three more its means times x, y and z of where it
// comes from.

uniform samplerCube world;
uniform int face_px;

out vec4 light;

void main() {
    vec3 sum = vec3(0.0);
    float total = 0.0;
    for (int texel = 0; texel < 6 * face_px * face_px; texel++) {
        int face = texel / (face_px * face_px);
        vec2 place = (vec2(texel % face_px, (texel / face_px) % face_px) + 0.5) * (2.0 / float(face_px)) - 1.0;
        vec3 side = vec3(1.0, place) * ((face & 1) == 0 ? 1.0 : -1.0);
        vec3 direction = face < 2 ? side.xyz : face < 4 ? side.zxy : side.yzx;
        float squared = dot(direction, direction);
        float solid = inversesqrt(squared) / squared;
        int pixel = int(gl_FragCoord.x);
        float times = pixel == 0 ? 1.0 : direction[pixel - 1] * inversesqrt(squared);
        sum += solid * times * textureLod(world, direction, 0.0).rgb;
        total += solid;
    }
    light = vec4(sum / total, 1.0);
}
