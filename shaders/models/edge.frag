#version 410 core
// A pixel that an edge goes through gets as much of the pixel on the other side as is on that side of the edge (Persson,
// "Geometric Post-process Anti-Aliasing", 2011): exact where one straight edge crosses a pixel. Drawn is how much of which
// (mended.frag), blended by `share`, so that two edges of a thin thing both count.

flat in vec3 line;
flat in vec3 plane_a;
flat in vec3 plane_b;

uniform float near_m;

const float IN_FRONT = 1.003;
const float MOST = 1.4;

layout(location = 0, index = 0) out vec4 from;
layout(location = 0, index = 1) out vec4 share;

void main() {
    vec2 place = line.z > 0.5 ? gl_FragCoord.yx : gl_FragCoord.xy;
    float off = place.y - (line.x * place.x + line.y);
    if (abs(off) >= 0.5) {
        discard;
    }
    // The surface that ends here must not hide its own edge, however steeply it falls away within the pixel.
    vec3 at = vec3(gl_FragCoord.xy, 1.0);
    float nearness = max(dot(plane_a, at), dot(plane_b, at));
    nearness = IN_FRONT * clamp(nearness, gl_FragCoord.w, MOST * gl_FragCoord.w);
    gl_FragDepth = clamp(1.0 - near_m * nearness, 0.0, 1.0);
    bvec2 is_across = bvec2(line.z > 0.5, line.z <= 0.5);
    from = vec4(is_across, is_across) * (off > 0.0 ? vec4(0.0, 0.0, 1.0, 1.0) : vec4(1.0, 1.0, 0.0, 0.0));
    share = vec4(0.5 - abs(off));
}
