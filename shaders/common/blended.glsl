// How a layer's light and cover go into a target whose alpha is what is still to be filled. The first layer is written
// as it is and leaves the rest of `fill`; later ones, with `fill` below 0, are blended behind what is there.

uniform float opacity;
uniform float fill;

vec4 blended(vec4 light) {
    light *= opacity;
    return fill < 0.0 ? light : fill * vec4(light.rgb, 1.0 - light.a);
}
