#version 410 core
// A picture of one sample a pixel, in which pixels that edges go through have their share of those beside them.

uniform sampler2D picture;
uniform sampler2D shares; // of the pixels one column on, one row on, one column back, one row back

out vec4 light;

vec4 beside(vec2 step) {
    ivec2 place = ivec2(gl_FragCoord.xy + step);
    return texelFetch(picture, clamp(place, ivec2(0), textureSize(picture, 0) - 1), 0);
}

// Software goes through both sides of an `if`, and through a loop as often as any of a few pixels needs it.
void main() {
    vec4 left = texelFetch(shares, ivec2(gl_FragCoord.xy), 0);
    vec4 own = texelFetch(picture, ivec2(gl_FragCoord.xy), 0);
    light = own;
    do {
        vec4 before = left;
        vec2 step = vec2(0.0, -1.0);
        left = vec4(0.0);
        if (before.x > 0.0) {
            step = vec2(1.0, 0.0);
            left = vec4(0.0, before.yzw);
        } else if (before.y > 0.0) {
            step = vec2(0.0, 1.0);
            left = vec4(0.0, 0.0, before.zw);
        } else if (before.z > 0.0) {
            step = vec2(-1.0, 0.0);
            left = vec4(0.0, 0.0, 0.0, before.w);
        }
        light += dot(before - left, vec4(1.0)) * (beside(step) - own);
    } while (left != vec4(0.0));
}
