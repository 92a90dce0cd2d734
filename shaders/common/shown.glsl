// A code for a screen as it is drawn for those who look. With PAIRS as video has it: its luma and one of its colour
// differences, both from 0 to 1 (ITU-T T.871, section 7: BT.601 in full range, as JPEG files have it). Pixels of even columns
// have the blue difference, those of odd columns the red one, each as the mean of the pair.

#ifdef PAIRS
#define SHOWN vec2
vec2 shown(vec3 code) {
    float luma = dot(code, vec3(0.299, 0.587, 0.114));
    vec2 differences = vec2(dot(code, vec3(-0.168736, -0.331264, 0.5)), dot(code, vec3(0.5, -0.418688, -0.081312)));
    vec2 to_the_right = dFdx(differences);
    bool is_even = (int(gl_FragCoord.x) & 1) == 0;
    float difference = is_even ? differences.x + 0.5 * to_the_right.x : differences.y - 0.5 * to_the_right.y;
    return vec2(luma, difference + 128.0 / 255.0);
}
#else
#define SHOWN vec4
vec4 shown(vec3 code) {
    return vec4(code, 1.0);
}
#endif
