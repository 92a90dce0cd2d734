#version 410 core
// One face of the irradiance of surfaces: the light of every texel of a cube map, by its solid angle and cosine.

#include "models/cube_way.glsl"

uniform samplerCube around;
uniform int face;
uniform float face_px;
uniform int source_px;
uniform float source_level;

out vec4 light;

void main() {
    vec3 normal = cube_way(face, gl_FragCoord.xy / face_px);
    vec3 sum = vec3(0.0);
    float total = 0.0;
    for (int from = 0; from < 6; from++) {
        for (int texel = 0; texel < source_px * source_px; texel++) {
            vec3 way = cube_direction(from, (vec2(texel % source_px, texel / source_px) + 0.5) / float(source_px));
            float squared = dot(way, way);
            float cosine = dot(way, normal) * inversesqrt(squared);
            float solid = inversesqrt(squared) / squared;
            sum += max(cosine, 0.0) * solid * textureLod(around, way, source_level).rgb;
            total += max(cosine, 0.0) * solid;
        }
    }
    light = vec4(3.14159265359 * sum / total, 1.0);
}
