// Half a step either way, by the pixel's place alone: the R2 sequence (M. Roberts, 2018), even over any area. So equal
// plans give equal pictures.

float dither(vec2 place) {
    return (fract(dot(place, vec2(0.7548776662, 0.5698402910))) - 0.5) * 0.998;
}
