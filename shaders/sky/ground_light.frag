#version 410 core
// All that level ground gets: from the sky by each of its lights, and from the lights themselves.

uniform sampler2D main_from_sky; // shaders/sky/irradiance.frag
uniform sampler2D other_from_sky;
uniform vec2 strengths;
uniform vec3 direct;             // from the lights themselves

out vec4 irradiance;

void main() {
    vec3 sky = strengths.x * texelFetch(main_from_sky, ivec2(0), 0).rgb;
    sky += strengths.y * texelFetch(other_from_sky, ivec2(0), 0).rgb;
    irradiance = vec4(sky + direct, 1.0);
}
