#version 410 core
// A pixel that an edge goes through gets as much of the pixel on the other side as is on that side of the edge (Persson,
// "Geometric Post-process Anti-Aliasing", 2011): exact where one straight edge crosses a pixel. What is drawn is blended by
// `share`, so that two edges of a thin thing both count.

uniform sampler2D picture; // with one sample a pixel

flat in vec3 line;
flat in vec3 plane_a;
flat in vec3 plane_b;

uniform float near_m;

const float IN_FRONT = 1.003;
const float MOST = 1.4;

layout(location = 0, index = 0) out vec4 light;
layout(location = 0, index = 1) out vec4 share;

void main() {
    vec2 place = line.z > 0.5 ? gl_FragCoord.yx : gl_FragCoord.xy;
    float off = place.y - (line.x * place.x + line.y);
    if (abs(off) >= 0.5) {
        discard;
    }
    int towards = off > 0.0 ? -1 : 1;
    ivec2 here = ivec2(gl_FragCoord.xy);
    ivec2 there = here + (line.z > 0.5 ? ivec2(towards, 0) : ivec2(0, towards));
    there = clamp(there, ivec2(0), textureSize(picture, 0) - 1);
    // The surface that ends here must not hide its own edge, however steeply it falls away within the pixel.
    vec3 at = vec3(gl_FragCoord.xy, 1.0);
    float nearness = max(dot(plane_a, at), dot(plane_b, at));
    nearness = IN_FRONT * clamp(nearness, gl_FragCoord.w, MOST * gl_FragCoord.w);
    gl_FragDepth = clamp(1.0 - near_m * nearness, 0.0, 1.0);
    light = texelFetch(picture, there, 0);
    share = vec4(0.5 - abs(off));
}
