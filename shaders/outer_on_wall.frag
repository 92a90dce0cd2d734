#version 410 core
// The outer picture as each LED of a wall shows it: the cube map in the direction from the outer eye to the LED.

uniform sampler2D positions;
uniform samplerCube outer;
uniform vec3 outer_eye;

out vec4 light;

void main() {
    vec4 led = texelFetch(positions, ivec2(gl_FragCoord.xy), 0);
    light = led.a > 0.0 ? vec4(textureLod(outer, led.xyz - outer_eye, 0.0).rgb, 1.0) : vec4(0.0);
}
